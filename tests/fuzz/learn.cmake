# Learning what a black box accepts, with functions as black boxes.
add_executable(fuzz_learn_test learn/learn_test.c)
target_link_libraries(fuzz_learn_test PRIVATE corsim_fuzz PkgConfig::CMOCKA corsim_warnings)
add_test(NAME fuzz.learn COMMAND fuzz_learn_test)
set_tests_properties(fuzz.learn PROPERTIES LABELS fuzz TIMEOUT 240)
