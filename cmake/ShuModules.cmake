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

    if(NOT sources)
        return()
    endif()
    add_library(shu_${name} STATIC ${sources})
    target_compile_options(shu_${name} PRIVATE ${SHU_WARNINGS})
    target_include_directories(shu_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    set(uses)
    foreach(module IN LISTS MODULE_USES)
        if(TARGET shu_${module})
            list(APPEND uses shu_${module})
        endif()
    endforeach()
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

# The program: src/command and src/main.cc over every module.
function(shu_program)
    get_property(modules DIRECTORY PROPERTY BUILDSYSTEM_TARGETS)
    list(FILTER modules INCLUDE REGEX "^shu_")
    list(FILTER modules EXCLUDE REGEX "_test$")
    add_executable(shu ${CMAKE_SOURCE_DIR}/src/main.cc)
    target_compile_options(shu PRIVATE ${SHU_WARNINGS})
    target_link_libraries(shu PRIVATE ${modules})
endfunction()

# Every bench/*_bench.cc is a program that prints one JSON object a line; every fuzz/*_fuzz.cc a libFuzzer target.
function(shu_benches_and_fuzzers)
    get_property(modules DIRECTORY PROPERTY BUILDSYSTEM_TARGETS)
    list(FILTER modules INCLUDE REGEX "^shu_")
    list(FILTER modules EXCLUDE REGEX "_test$")
    if(SHU_FUZZ)
        file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/fuzz/*_fuzz.cc)
    else()
        file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/*_bench.cc)
    endif()
    foreach(source IN LISTS sources)
        get_filename_component(name ${source} NAME_WE)
        add_executable(${name} ${source})
        target_compile_options(${name} PRIVATE ${SHU_WARNINGS})
        target_link_libraries(${name} PRIVATE ${modules} Threads::Threads)
        if(SHU_FUZZ)
            target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        endif()
    endforeach()
endfunction()
