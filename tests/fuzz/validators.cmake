# The validators of fuzz/validator.h by themselves: regular expressions, functions in libraries that
# crash, programs that do every bad thing, a server that does too, and the adapters with real
# interpreters (an interpreter that is not there is a SKIP).
set(validators ${CMAKE_CURRENT_SOURCE_DIR}/validators)

foreach(kind regex function exec url adapter)
  add_executable(validators_${kind}_test ${validators}/${kind}_test.c)
  target_link_libraries(validators_${kind}_test PRIVATE corsim_fuzz PkgConfig::CMOCKA
                        corsim_warnings)
endforeach()
add_library(validators_hostile_library MODULE ${validators}/hostile_library.c)
target_link_libraries(validators_hostile_library PRIVATE corsim_warnings)

add_test(NAME fuzz.validators.regex COMMAND validators_regex_test)
add_test(NAME fuzz.validators.function
  COMMAND validators_function_test $<TARGET_FILE:validators_hostile_library>)
add_test(NAME fuzz.validators.exec COMMAND validators_exec_test)
add_test(NAME fuzz.validators.url COMMAND validators_url_test ${validators}/hostile_server.mjs)
foreach(adapter javascript.mjs python.py ruby.rb go.go php.php)
  add_test(NAME fuzz.validators.adapter.${adapter}
    COMMAND validators_adapter_test ${PROJECT_SOURCE_DIR}/fuzz/adapters/${adapter}
            ${validators}/yours)
  list(APPEND names fuzz.validators.adapter.${adapter})
endforeach()
set_tests_properties(fuzz.validators.regex fuzz.validators.function fuzz.validators.exec
  fuzz.validators.url ${names} PROPERTIES LABELS fuzz TIMEOUT 240 SKIP_RETURN_CODE ${CORSIM_SKIP})
