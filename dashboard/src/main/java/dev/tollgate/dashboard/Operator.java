package dev.tollgate.dashboard;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Optional;

/**
 * Who may see everybody's usage and act on it: a user whom the container knows to be in the role.
 *
 * @param name the user's
 */
record Operator(String name) {

  static final String ROLE = "tollgate-admin";

  /**
   * @throws Problem when the request's user is no operator
   */
  static Operator of(HttpServletRequest request) throws Problem {
    if (!request.isUserInRole(ROLE)) {
      throw Problem.forbidden(
          "This page is for operators: log in as a user in the role " + ROLE + ".");
    }
    String name =
        Optional.ofNullable(request.getUserPrincipal()).map(Principal::getName).orElse("operator");
    return new Operator(name);
  }
}
