# Repairs, and what a check lets in.
foreach(program repair allows)
  add_executable(prove_${program} ${program}.c)
  target_link_libraries(prove_${program} PRIVATE corsim_prove corsim_fuzz corsim_warnings)
  if(Python3_FOUND AND prove_long)
    add_test(NAME prove-${program}
             COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/${program}.py
                     $<TARGET_FILE:prove_${program}> ${PROJECT_SOURCE_DIR}/corpus/validators)
    set_tests_properties(prove-${program} PROPERTIES LABELS prove TIMEOUT 300)
  endif()
endforeach()
