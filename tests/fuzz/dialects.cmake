# Regular expressions of other languages, by their own interpreters (one that is not there is a SKIP).
add_executable(validators_dialect_test ${CMAKE_CURRENT_SOURCE_DIR}/validators/dialect_test.c)
target_link_libraries(validators_dialect_test PRIVATE corsim_fuzz PkgConfig::CMOCKA corsim_warnings)
set(dialects javascript python)
if(once)
  list(APPEND dialects ruby go php perl java)
endif()
foreach(dialect ${dialects})
  add_test(NAME fuzz.validators.dialect.${dialect} COMMAND validators_dialect_test ${dialect})
  set_tests_properties(fuzz.validators.dialect.${dialect} PROPERTIES LABELS fuzz TIMEOUT 600
                       SKIP_RETURN_CODE ${CORSIM_SKIP})
endforeach()
