# The prover against real engines, against enumeration and against the corpus. Each takes some
# seconds here; the head of each script says how it is run at length.
find_package(Python3 COMPONENTS Interpreter)
foreach(program match ask exhaust automata)
  add_executable(prove_${program} ${program}.c)
  target_link_libraries(prove_${program} PRIVATE corsim_prove corsim_fuzz corsim_warnings)
endforeach()
add_executable(prove_native engines/native.c)
target_link_libraries(prove_native PRIVATE corsim_fuzz corsim_warnings)

set(here ${CMAKE_CURRENT_SOURCE_DIR})
set(oracles prove-corpus prove-exhaust prove-automata)
add_test(NAME prove-corpus COMMAND ${Python3_EXECUTABLE} ${here}/corpus.py
         $<TARGET_FILE:prove_ask> ${PROJECT_SOURCE_DIR}/corpus/validators)
add_test(NAME prove-exhaust COMMAND ${Python3_EXECUTABLE} ${here}/exhaust.py
         $<TARGET_FILE:prove_exhaust> 200 1 5)
add_test(NAME prove-automata COMMAND prove_automata 20000 1)
# Seconds of a processor and MiB: they mean nothing with the sanitizers, under which the target
# `prove` of fuzz/ runs, and little without optimization.
if(prove_long AND NOT CORSIM_SANITIZE)
  set(seconds 5)
  if(CMAKE_BUILD_TYPE MATCHES "Rel")
    set(seconds 1)
  endif()
  list(APPEND oracles prove-hostile)
  add_test(NAME prove-hostile COMMAND ${Python3_EXECUTABLE} ${here}/hostile.py
           $<TARGET_FILE:prove_ask> ${seconds} 256)
endif()
# Instructions of unoptimized or sanitized code say nothing.
if(NOT CORSIM_SANITIZE AND CMAKE_BUILD_TYPE MATCHES "Rel")
  list(APPEND oracles prove-instructions)
  add_test(NAME prove-instructions COMMAND ${Python3_EXECUTABLE} ${here}/corpus.py
           $<TARGET_FILE:prove_ask> ${PROJECT_SOURCE_DIR}/corpus/validators 2000000000)
endif()
foreach(engine pcre2 php javascript javascript-u javascript-v python ruby go java perl posix-ere)
  list(APPEND oracles prove-fidelity-${engine})
  add_test(NAME prove-fidelity-${engine} COMMAND ${Python3_EXECUTABLE} ${here}/fidelity.py
           $<TARGET_FILE:prove_match> 400 1 ${engine})
endforeach()

# Each of the two notices what is wrong.
add_test(NAME prove-exhaust-mistaken COMMAND ${Python3_EXECUTABLE} ${here}/exhaust.py
         $<TARGET_FILE:prove_exhaust> 200 1 4)
add_test(NAME prove-fidelity-mistaken COMMAND ${Python3_EXECUTABLE} ${here}/fidelity.py
         $<TARGET_FILE:prove_match> 100 1 mistaken)
set_tests_properties(prove-exhaust-mistaken PROPERTIES ENVIRONMENT MISTAKEN=1)
set_tests_properties(prove-exhaust-mistaken prove-fidelity-mistaken PROPERTIES
                     PASS_REGULAR_EXPRESSION WRONG)
set_tests_properties(${oracles} prove-exhaust-mistaken prove-fidelity-mistaken PROPERTIES
                     LABELS prove TIMEOUT 300)
set_tests_properties(${oracles} PROPERTIES SKIP_RETURN_CODE ${CORSIM_SKIP})
foreach(test ${oracles} prove-fidelity-mistaken)
  set_property(TEST ${test} APPEND PROPERTY ENVIRONMENT PROVE_NATIVE=$<TARGET_FILE:prove_native>)
endforeach()

# libfa is for this test only: libaugeas-dev.
find_path(LIBFA_INCLUDE fa.h)
find_library(LIBFA fa)
if(LIBFA AND LIBFA_INCLUDE)
  add_executable(prove_libfa libfa.c)
  target_include_directories(prove_libfa PRIVATE ${LIBFA_INCLUDE})
  target_link_libraries(prove_libfa PRIVATE corsim_prove ${LIBFA} corsim_warnings)
  add_test(NAME prove-libfa COMMAND ${Python3_EXECUTABLE} ${here}/libfa.py
           $<TARGET_FILE:prove_libfa> ${PROJECT_SOURCE_DIR}/corpus/validators 300 1)
else()
  add_test(NAME prove-libfa COMMAND sh -c "echo 'SKIP: there is no libfa'; exit ${CORSIM_SKIP}")
endif()
set_tests_properties(prove-libfa PROPERTIES LABELS prove TIMEOUT 300
                     SKIP_RETURN_CODE ${CORSIM_SKIP})
