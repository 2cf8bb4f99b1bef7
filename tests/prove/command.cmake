# The command `corsim prove`: as a person meets it, and the transcripts that the README shows.
if(prove_long)
  add_test(NAME prove.command COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/command.sh
                                      $<TARGET_FILE:corsim> ${PROJECT_SOURCE_DIR})
  set_tests_properties(prove.command PROPERTIES LABELS prove TIMEOUT 300
                       SKIP_RETURN_CODE ${CORSIM_SKIP})
endif()
if(Python3_FOUND)
  add_test(NAME prove.transcripts
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/transcripts.py
                   ${PROJECT_SOURCE_DIR}/README.md $<TARGET_FILE:corsim>)
  set_tests_properties(prove.transcripts PROPERTIES LABELS prove TIMEOUT 60)
endif()
