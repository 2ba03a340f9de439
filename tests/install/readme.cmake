# Fails unless the examples in README.md are, to the letter, files that are compiled and run.

file(READ "${SOURCE_DIR}/README.md" readme)

function(expect_in_readme language file)
  file(READ "${SOURCE_DIR}/${file}" code)
  string(FIND "${readme}" "```${language}\n${code}```\n" at)
  if(at EQUAL -1)
    message(SEND_ERROR "README.md has no ${language} block that equals ${file}")
  endif()
endfunction()

expect_in_readme(cpp examples/quickstart.cc)
expect_in_readme(cpp examples/open_engine.cc)
expect_in_readme(cmake tests/install/consumer/CMakeLists.txt)
expect_in_readme(python examples/quickstart.py)
