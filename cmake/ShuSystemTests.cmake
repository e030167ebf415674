# Behaviour across modules: Node's own test runner against the real program, once on each engine.
find_program(NODE node REQUIRED)
foreach(engine sqlite postgres)
    foreach(story story permission crash)
        shu_add_test(system_${story}_${engine}
            COMMAND ${NODE} --test ${CMAKE_SOURCE_DIR}/tests/system/${story}.test.mjs)
        set_property(TEST system_${story}_${engine} APPEND PROPERTY ENVIRONMENT
            "SHU_ENGINE=${engine}" "SHU_PROGRAM=$<TARGET_FILE:shu>")
        set_tests_properties(system_${story}_${engine} PROPERTIES LABELS system)
    endforeach()
endforeach()
