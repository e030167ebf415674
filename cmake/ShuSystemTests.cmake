# Behaviour across modules: Node's own test runner against the real program, once on each engine.
find_program(NODE node REQUIRED)
# A sanitizer makes the program slow and large: fewer rounds of crashes, a shorter endless line, no bound on memory.
set(SHU_SYSTEM_SIZES "")
if(SHU_SANITIZE)
    set(SHU_SYSTEM_SIZES SHU_CRASH_ROUNDS=5 SHU_TAMPER_FLIPS=5 SHU_LONG_LINE_BYTES=67108864 SHU_RESIDENT_MIB_MAX=8192)
endif()
foreach(engine sqlite postgres)
    set(stories story permission crash csv disk tamper rule key answers)
    if(engine STREQUAL "postgres")
        list(APPEND stories postgres)
    endif()
    foreach(story IN LISTS stories)
        shu_add_test(system_${story}_${engine}
            COMMAND ${NODE} --test ${CMAKE_SOURCE_DIR}/tests/system/${story}.test.mjs)
        set_property(TEST system_${story}_${engine} APPEND PROPERTY ENVIRONMENT
            "SHU_ENGINE=${engine}" "SHU_PROGRAM=$<TARGET_FILE:shu>" ${SHU_SYSTEM_SIZES})
        set_tests_properties(system_${story}_${engine} PROPERTIES LABELS system)
    endforeach()
endforeach()

# The command line needs no database server.
foreach(story rule_command command_line)
    shu_add_test(system_${story} COMMAND ${NODE} --test ${CMAKE_SOURCE_DIR}/tests/system/${story}.test.mjs)
    set_property(TEST system_${story} APPEND PROPERTY ENVIRONMENT "SHU_PROGRAM=$<TARGET_FILE:shu>")
    set_tests_properties(system_${story} PROPERTIES LABELS system)
endforeach()

# The web application: types and lint, unit tests, and the story in a browser against the mock server.
find_program(NPM npm REQUIRED)
foreach(script check test test:browser)
    string(REPLACE ":" "_" name ${script})
    add_test(NAME web_${name} COMMAND ${NPM} run --silent ${script} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/web)
    set_tests_properties(web_${name} PROPERTIES LABELS web TIMEOUT 900)
endforeach()
set_tests_properties(web_test_browser PROPERTIES RUN_SERIAL ON)

# The types of the web application fit what the program says of its answers.
add_test(NAME web_types COMMAND ${NODE} ${CMAKE_SOURCE_DIR}/web/tests/types.mjs --check)
set_tests_properties(web_types PROPERTIES LABELS web ENVIRONMENT "SHU_PROGRAM=$<TARGET_FILE:shu>")

# The same story against the real program; it builds the application only where web_test_browser has not just done so.
shu_add_test(system_browser COMMAND ${NODE} --test ${CMAKE_SOURCE_DIR}/tests/system/browser.test.mjs)
set_property(TEST system_browser APPEND PROPERTY ENVIRONMENT "SHU_ENGINE=sqlite" "SHU_PROGRAM=$<TARGET_FILE:shu>")
set_tests_properties(system_browser PROPERTIES LABELS web RUN_SERIAL ON DEPENDS web_test_browser)

# The tree itself.
add_test(NAME tidy COMMAND ${CMAKE_SOURCE_DIR}/tools/tidy)
set_tests_properties(tidy PROPERTIES LABELS web)
