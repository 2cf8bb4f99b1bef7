# The targets on ourselves, with the engine that every compiler builds (standalone.c). With a fuzzing
# engine they are built by build.sh. Both go by targets.tsv.
#   corsim_oracles       what the targets call
#   CORSIM_FUZZ_TARGETS  the targets' names; each is the executable fuzz_<name>
#   CORSIM_FUZZ_SEEDS_<name>   the folders that hold its seeds
file(GLOB oracle_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/oracles*.c)
list(APPEND oracle_sources ${CMAKE_CURRENT_SOURCE_DIR}/lines.c)
add_library(corsim_oracles STATIC ${oracle_sources})
target_include_directories(corsim_oracles PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(corsim_oracles PUBLIC corsim_cli corsim_fuzz corsim_prove PRIVATE corsim_warnings)

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS targets.tsv)
file(STRINGS targets.tsv rows REGEX "^[^#]")
list(POP_FRONT rows) # the columns' names
set(targets)
foreach(row ${rows})
  string(REGEX MATCH "^([^\t]+)\t[^\t]+\t([^\t]+)\t[0-9]+$" row "${row}")
  set(target ${CMAKE_MATCH_1})
  string(REPLACE " " ";" folders "${CMAKE_MATCH_2}")
  list(TRANSFORM folders PREPEND ${PROJECT_SOURCE_DIR}/corpus/)
  list(APPEND targets ${target})
  set(CORSIM_FUZZ_SEEDS_${target} ${folders} CACHE INTERNAL "")
  if(BUILD_TESTING)
    add_executable(fuzz_${target} fuzz_${target}.c standalone.c)
    target_link_libraries(fuzz_${target} PRIVATE corsim_oracles corsim_warnings)
  endif()
endforeach()
set(CORSIM_FUZZ_TARGETS ${targets} CACHE INTERNAL "")

# The origin mutator as AFL++ loads it.
add_library(corsim_mutator_afl MODULE mutator_afl.c)
target_link_libraries(corsim_mutator_afl PRIVATE corsim_fuzz corsim_warnings)
