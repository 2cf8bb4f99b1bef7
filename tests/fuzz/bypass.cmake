# bench/bypass: the programs that it runs are built here, with every compiler and its warnings, and ours
# must find everything in the small budget of --quick, and raise no false alarm.
set(bypass ${PROJECT_SOURCE_DIR}/bench/bypass.d)
add_executable(bypass_ask ${bypass}/ask.c ${bypass}/given.c)
# With an engine the target is built by bench/bypass; here it is only seen to compile and link.
add_executable(bypass_target ${bypass}/target.c ${bypass}/given.c
                             ${PROJECT_SOURCE_DIR}/fuzz/standalone.c)
foreach(program bypass_ask bypass_target)
  set_target_properties(${program} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
  target_link_libraries(${program} PRIVATE corsim_fuzz corsim_warnings)
endforeach()

find_program(CORSIM_NODE node)
if(CORSIM_NODE AND once)
  add_test(NAME fuzz.bypass.report
    COMMAND ${CORSIM_NODE} --test ${CMAKE_CURRENT_SOURCE_DIR}/bypass/report.test.mjs)
  set_tests_properties(fuzz.bypass.report PROPERTIES LABELS fuzz TIMEOUT 60)
  add_test(NAME fuzz.bypass.notices
    COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/bypass/notices.sh ${PROJECT_SOURCE_DIR}
            $<TARGET_FILE:corsim>)
  set_tests_properties(fuzz.bypass.notices PROPERTIES LABELS fuzz TIMEOUT 120)
  add_test(NAME fuzz.bypass.engines
    COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/bypass/engines.sh ${PROJECT_SOURCE_DIR}
            ${PROJECT_BINARY_DIR} $<TARGET_FILE:corsim>)
  set_tests_properties(fuzz.bypass.engines PROPERTIES LABELS fuzz TIMEOUT 120
    SKIP_RETURN_CODE ${CORSIM_SKIP})
  add_test(NAME fuzz.bypass.quick
    COMMAND ${PROJECT_SOURCE_DIR}/bench/bypass --quick --corsim $<TARGET_FILE:corsim>)
  set_tests_properties(fuzz.bypass.quick PROPERTIES LABELS fuzz TIMEOUT 600
    SKIP_RETURN_CODE ${CORSIM_SKIP})
endif()
