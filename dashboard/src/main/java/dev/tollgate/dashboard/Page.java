package dev.tollgate.dashboard;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** What answers the requests below one path. Thread-safe. */
interface Page {

  /**
   * @throws Problem when there is no answer to this request
   */
  void answer(HttpServletRequest request, HttpServletResponse response) throws Problem, IOException;

  /**
   * Does what a form asks for.
   *
   * @throws Problem when there is nothing to do here, or it cannot be done
   */
  default void act(HttpServletRequest request, HttpServletResponse response)
      throws Problem, IOException {
    throw Problem.onlyGet();
  }
}
