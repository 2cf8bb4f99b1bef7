# The hunt: its parts with functions as validators, and `corsim fuzz` as a person meets it.
add_executable(fuzz_hunt_test hunt/hunt_test.c)
target_link_libraries(fuzz_hunt_test PRIVATE corsim_fuzz PkgConfig::CMOCKA corsim_warnings)
add_test(NAME fuzz.hunt COMMAND fuzz_hunt_test)
add_library(fuzz_hunted MODULE hunt/hunted.c)
target_link_libraries(fuzz_hunted PRIVATE corsim_warnings)
add_test(NAME fuzz.command
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/hunt/command.sh $<TARGET_FILE:corsim>
          $<TARGET_FILE:fuzz_hunted> ${CMAKE_CURRENT_SOURCE_DIR}/hunt)
if(once)
  add_test(NAME fuzz.led COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/hunt/led.sh
           ${PROJECT_SOURCE_DIR} $<TARGET_FILE:corsim>)
  set_tests_properties(fuzz.led PROPERTIES LABELS fuzz TIMEOUT 240
                       SKIP_RETURN_CODE ${CORSIM_SKIP})
endif()
set_tests_properties(fuzz.hunt fuzz.command PROPERTIES LABELS fuzz TIMEOUT 240
                     SKIP_RETURN_CODE ${CORSIM_SKIP})
