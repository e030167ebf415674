# A fuzz target is one file, fuzz/<name>_fuzz.cc, with the libFuzzer entry point, over one module:
#
#   shu_fuzz_target(<name> <module>)
#
# Built only with -DSHU_FUZZ=ON (preset fuzz, clang). `build/fuzz/<name>_fuzz -max_total_time=60` runs it; a folder
# fuzz/corpus/<name>, where there is one, holds its seeds.
function(shu_fuzz_target name module)
    if(NOT SHU_FUZZ)
        return()
    endif()
    add_executable(${name}_fuzz ${CMAKE_SOURCE_DIR}/fuzz/${name}_fuzz.cc)
    target_compile_options(${name}_fuzz PRIVATE ${SHU_WARNINGS})
    target_link_libraries(${name}_fuzz PRIVATE shu_${module} Boost::json)
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
endfunction()
