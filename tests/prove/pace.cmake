# How fast the prover is, and its shortest witnesses of each tier, with an old pattern and what is
# refused, against the enumeration of all short origins. `pace` is for people: its times are those of
# the machine; the limit of the test only notices what is slow by far.
foreach(program pace tiers)
  add_executable(prove_${program} ${program}.c)
  target_link_libraries(prove_${program} PRIVATE corsim_prove corsim_fuzz corsim_warnings)
endforeach()
add_test(NAME prove-tiers COMMAND prove_tiers 60 1)
add_test(NAME prove-pace
         COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/pace.py
                 ${PROJECT_SOURCE_DIR}/corpus/validators $<TARGET_FILE:prove_pace>)
set_tests_properties(prove-tiers prove-pace PROPERTIES LABELS prove TIMEOUT 300)
