# Certificates: of the corpus, changed, hostile. Label: prove.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND AND prove_long)
  # Of the changes that a sum would notice, every so many are tried with the right sum.
  set(each 8)
  if(CORSIM_SANITIZE)
    set(each 400)
  endif()
  add_test(NAME prove.certificate COMMAND ${Python3_EXECUTABLE}
           ${CMAKE_CURRENT_SOURCE_DIR}/certificate.py $<TARGET_FILE:corsim>
           ${PROJECT_SOURCE_DIR}/corpus/validators ${PROJECT_SOURCE_DIR} ${each})
  # It starts early, as it takes long under the sanitizers.
  set_tests_properties(prove.certificate PROPERTIES LABELS prove TIMEOUT 900 COST 200)
endif()
