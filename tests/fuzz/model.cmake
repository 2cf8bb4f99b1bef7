# The model of what browsers send, the intents and the kinds of witnesses; the mutator.
foreach(part model intent kind mutator shapes)
  add_executable(fuzz_${part}_test model/${part}_test.c)
  target_link_libraries(fuzz_${part}_test PRIVATE corsim_fuzz PkgConfig::CMOCKA corsim_warnings)
  add_test(NAME fuzz.${part} COMMAND fuzz_${part}_test)
  set_tests_properties(fuzz.${part} PROPERTIES LABELS fuzz TIMEOUT 120)
endforeach()
target_sources(fuzz_shapes_test PRIVATE ${CORSIM_TEXTS_C})
add_dependencies(fuzz_shapes_test corsim_tables)
