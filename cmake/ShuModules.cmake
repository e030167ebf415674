# A module is one folder of src/: its sources make one static library, its *_test.cc files one test program.
#
#   shu_module(<name> [USES <module>...] [LIBRARIES <target>...])
#
# USES says which modules it may include; what is not named there is not on its include path's link line, and
# tools/tidy refuses the include.
function(shu_module name)
    cmake_parse_arguments(MODULE "" "" "USES;LIBRARIES" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
    set(tests ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cc$")
    list(FILTER sources EXCLUDE REGEX "_test\\.cc$")

    add_library(shu_${name} STATIC ${sources})
    target_compile_options(shu_${name} PRIVATE ${SHU_WARNINGS})
    target_include_directories(shu_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    list(TRANSFORM MODULE_USES PREPEND shu_ OUTPUT_VARIABLE uses)
    target_link_libraries(shu_${name} PUBLIC ${uses} PRIVATE ${MODULE_LIBRARIES} Threads::Threads)

    if(tests AND NOT SHU_FUZZ)
        add_executable(shu_${name}_test ${tests})
        target_compile_options(shu_${name}_test PRIVATE ${SHU_WARNINGS})
        target_link_libraries(shu_${name}_test PRIVATE shu_${name} ${MODULE_LIBRARIES}
                              GTest::gtest GTest::gmock GTest::gtest_main)
        shu_add_test(${name} COMMAND shu_${name}_test)
    endif()
endfunction()

# Registers a test that may use the private PostgreSQL of the test run and the published vectors.
function(shu_add_test name)
    add_test(NAME ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} ${ARGN})
    set_tests_properties(${name} PROPERTIES
        FIXTURES_REQUIRED postgres
        TIMEOUT 900
        ENVIRONMENT "SHU_TEST_POSTGRES=${SHU_TEST_POSTGRES};SHU_TEST_DATA=${SHU_TEST_DATA};SHU_SOURCE=${CMAKE_SOURCE_DIR}")
endfunction()

# All module libraries made so far.
function(shu_modules out)
    get_property(modules DIRECTORY PROPERTY BUILDSYSTEM_TARGETS)
    list(FILTER modules INCLUDE REGEX "^shu_")
    list(FILTER modules EXCLUDE REGEX "_test$")
    set(${out} ${modules} PARENT_SCOPE)
endfunction()

# The program: src/command and src/main.cc over every module.
function(shu_program)
    shu_modules(modules)
    add_executable(shu ${CMAKE_SOURCE_DIR}/src/main.cc)
    target_compile_options(shu PRIVATE ${SHU_WARNINGS})
    target_link_libraries(shu PRIVATE ${modules})
endfunction()

# One program for each file of `folder` whose name ends with `ending`, over every module.
function(shu_programs_of folder ending)
    shu_modules(modules)
    add_custom_target(${folder})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*${ending})
    foreach(source IN LISTS sources)
        get_filename_component(name ${source} NAME_WE)
        add_executable(${name} ${source})
        add_dependencies(${folder} ${name})
        target_compile_options(${name} PRIVATE ${SHU_WARNINGS})
        target_link_libraries(${name} PRIVATE ${modules} Boost::json SQLite::SQLite3 OpenSSL::Crypto Threads::Threads)
    endforeach()
endfunction()

# bench/*_bench.cc print one JSON object a line; under the fuzz preset fuzz/*_fuzz.cc are libFuzzer targets instead, which
# tools/fuzz runs with the seeds of fuzz/corpus/<name>. The targets `bench` and `fuzz` build all of a folder.
function(shu_benches_and_fuzzers)
    if(SHU_FUZZ)
        add_link_options(-fsanitize=fuzzer)
        shu_programs_of(fuzz _fuzz.cc)
    else()
        shu_programs_of(bench .cc)
    endif()
endfunction()
