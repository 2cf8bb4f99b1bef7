# corpus/validators: each check, vulnerable and fixed, by its real interpreter.
set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/corpus)
add_executable(fuzz_ask ${corpus}/ask.c)
target_link_libraries(fuzz_ask PRIVATE corsim_fuzz corsim_warnings)
find_program(node node)
if(NOT once)
  return()
elseif(node)
  add_test(NAME fuzz.corpus COMMAND ${corpus}/check --ask $<TARGET_FILE:fuzz_ask>)
  add_test(NAME fuzz.corpus.mistakes
    COMMAND ${corpus}/mistakes ${corpus}/check $<TARGET_FILE:fuzz_ask>)
else()
  foreach(name fuzz.corpus fuzz.corpus.mistakes)
    add_test(NAME ${name} COMMAND sh -c "echo 'SKIP: there is no node'; exit ${CORSIM_SKIP}")
  endforeach()
endif()
set_tests_properties(fuzz.corpus fuzz.corpus.mistakes PROPERTIES LABELS fuzz TIMEOUT 600
                     SKIP_RETURN_CODE ${CORSIM_SKIP})
