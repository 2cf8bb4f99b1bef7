# Certificates: of the corpus, changed, hostile. Label: prove.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
add_test(NAME prove.certificate COMMAND ${Python3_EXECUTABLE}
         ${CMAKE_CURRENT_SOURCE_DIR}/certificate.py $<TARGET_FILE:corsim>
         ${PROJECT_SOURCE_DIR}/corpus/validators ${PROJECT_SOURCE_DIR} 8)
set_tests_properties(prove.certificate PROPERTIES LABELS prove TIMEOUT 300)
endif()
