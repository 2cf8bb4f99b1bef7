# The targets on ourselves. With every compiler: all corpora through all targets. With clang, where
# no sanitizer is asked for (they bring theirs along): build.sh as OSS-Fuzz calls it, each target for
# ten seconds from what it made, the coverage of sim/, and mistakes planted in it.
set(scripts ${CMAKE_CURRENT_SOURCE_DIR})
set(fuzz ${PROJECT_SOURCE_DIR}/fuzz)
set(out ${CMAKE_CURRENT_BINARY_DIR}/out)

foreach(target ${CORSIM_FUZZ_TARGETS})
  add_test(NAME fuzz.replay.${target}
    COMMAND fuzz_${target} ${CORSIM_FUZZ_SEEDS_${target}})
  set_tests_properties(fuzz.replay.${target} PROPERTIES LABELS fuzz TIMEOUT 120)
endforeach()
# Those that are cases say what is right.
add_test(NAME fuzz.cases COMMAND corsim run ${PROJECT_SOURCE_DIR}/corpus/found
                                            ${PROJECT_SOURCE_DIR}/corpus/fuzz/fetch)
set_tests_properties(fuzz.cases PROPERTIES LABELS fuzz TIMEOUT 60)
# A standalone engine that runs nothing must not be content.
add_test(NAME fuzz.replay-of-nothing COMMAND fuzz_url)
set_tests_properties(fuzz.replay-of-nothing PROPERTIES LABELS fuzz WILL_FAIL TRUE)

if(CMAKE_C_COMPILER_ID STREQUAL "Clang" AND NOT CORSIM_SANITIZE)
  add_test(NAME fuzz.build COMMAND sh ${scripts}/build.sh ${fuzz} ${out})
  set_tests_properties(fuzz.build PROPERTIES LABELS fuzz TIMEOUT 600 FIXTURES_SETUP fuzz_out
    SKIP_RETURN_CODE ${CORSIM_SKIP})
  foreach(target ${CORSIM_FUZZ_TARGETS})
    add_test(NAME fuzz.run.${target} COMMAND sh ${scripts}/run.sh ${out} fuzz_${target} 10)
    set_tests_properties(fuzz.run.${target} PROPERTIES LABELS fuzz TIMEOUT 120
      FIXTURES_REQUIRED fuzz_out)
  endforeach()
  add_test(NAME fuzz.template
    COMMAND sh ${scripts}/template.sh ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  set_tests_properties(fuzz.template PROPERTIES LABELS fuzz TIMEOUT 300
    SKIP_RETURN_CODE ${CORSIM_SKIP})
  add_test(NAME fuzz.coverage COMMAND sh ${fuzz}/coverage 95)
  add_test(NAME fuzz.mutants COMMAND sh ${fuzz}/mutants)
  set_tests_properties(fuzz.coverage fuzz.mutants PROPERTIES LABELS fuzz TIMEOUT 1200 PROCESSORS 2)
endif()
