# Compiler settings that hold for all of our own code.

set(SHU_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize takes them")
option(SHU_FUZZ "Build the libFuzzer targets (clang only)" OFF)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
# Assertions (SHU_ASSERT) stay on in release, so NDEBUG changes nothing of ours; optimise and keep line numbers.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1 -fno-omit-frame-pointer")

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
    add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(SHU_SANITIZE)
    add_compile_options(-fsanitize=${SHU_SANITIZE} -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${SHU_SANITIZE})
endif()
if(SHU_SANITIZE MATCHES "thread")
    # g++ refuses Asio's fences under TSan, which knows none; handlers meet at mutexes.
    add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
if(SHU_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

set(SHU_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(SHU_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 reports false positives of this one under the sanitizers.
    list(APPEND SHU_WARNINGS -Wno-maybe-uninitialized)
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(ZLIB REQUIRED)
find_package(pugixml REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
