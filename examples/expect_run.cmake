# Runs a program and fails unless it does what is expected of it.
#
#   cmake -DPROGRAM=<file> [-DARGS=<list>] [-DEXIT_CODE=<number>] [-DOUTPUT=<file>]
#         [-DSTDOUT=<list of regular expressions>] [-DSTDERR=<list of regular expressions>]
#         -P expect_run.cmake
#
# EXIT_CODE is 0 unless given. OUTPUT is the whole of the standard output, byte for byte. Each
# expression must match somewhere.

if(NOT DEFINED EXIT_CODE)
  set(EXIT_CODE 0)
endif()

execute_process(COMMAND "${PROGRAM}" ${ARGS}
  RESULT_VARIABLE code OUTPUT_VARIABLE stdout ERROR_VARIABLE stderr)
set(transcript "${PROGRAM} ${ARGS}\nexit code ${code}\n${stdout}${stderr}")

if(NOT code STREQUAL EXIT_CODE)
  message(FATAL_ERROR "expected exit code ${EXIT_CODE} from\n${transcript}")
endif()

if(DEFINED OUTPUT)
  file(READ "${OUTPUT}" expected)
  if(NOT stdout STREQUAL expected)
    message(FATAL_ERROR "expected\n${expected}\nfrom\n${transcript}")
  endif()
endif()

foreach(expression IN LISTS STDOUT)
  if(NOT stdout MATCHES "${expression}")
    message(FATAL_ERROR "expected ${expression} on the standard output of\n${transcript}")
  endif()
endforeach()

foreach(expression IN LISTS STDERR)
  if(NOT stderr MATCHES "${expression}")
    message(FATAL_ERROR "expected ${expression} on the standard error of\n${transcript}")
  endif()
endforeach()
