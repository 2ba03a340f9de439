# Runs places.mjs on the packages of PACKAGES and fails unless it writes what EXPECTED holds, and
# leaves nothing else behind.
#
#   cmake -DNODE=<file> -DMAKER=<places.mjs> -DPACKAGES=<directory> -DEXPECTED=<file>
#         -DSCRATCH=<directory> -P places_test.cmake

file(REMOVE_RECURSE "${SCRATCH}")
file(MAKE_DIRECTORY "${SCRATCH}")
execute_process(COMMAND "${NODE}" "${MAKER}" "${PACKAGES}" "${SCRATCH}/places.tsv"
  COMMAND_ERROR_IS_FATAL ANY)

file(READ "${EXPECTED}" expected)
file(READ "${SCRATCH}/places.tsv" written)
if(NOT written STREQUAL expected)
  message(FATAL_ERROR "expected\n${expected}\nbut found\n${written}")
endif()

file(GLOB left_behind RELATIVE "${SCRATCH}" "${SCRATCH}/*")
if(NOT left_behind STREQUAL "places.tsv")
  message(FATAL_ERROR "left behind: ${left_behind}")
endif()
