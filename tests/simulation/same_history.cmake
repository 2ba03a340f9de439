# Runs PROGRAM twice, in two surroundings, and fails unless it says the same.

set(arguments 20241031 10000)
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C MALLOC_PERTURB_=1 ${PROGRAM} ${arguments}
  OUTPUT_VARIABLE first
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env LC_ALL=ko_KR.UTF-8 TZ=Asia/Seoul MALLOC_PERTURB_=200
          ${PROGRAM} ${arguments}
  OUTPUT_VARIABLE second
  COMMAND_ERROR_IS_FATAL ANY)
if(NOT first MATCHES "10000 commands, .* state")
  message(FATAL_ERROR "the history is not told:\n${first}")
endif()
if(NOT first STREQUAL second)
  message(FATAL_ERROR "two processes disagree:\n${first}\n${second}")
endif()
