package dev.tollgate.sample;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;

/** A request whose user is the holder of an API key, in the role that the holder's tier names. */
final class AuthenticatedRequest extends HttpServletRequestWrapper {

  private final KeyPrincipal user;

  AuthenticatedRequest(HttpServletRequest request, KeyPrincipal user) {
    super(request);
    this.user = user;
  }

  @Override
  public Principal getUserPrincipal() {
    return user;
  }

  @Override
  public String getRemoteUser() {
    return user.getName();
  }

  @Override
  public String getAuthType() {
    return "API-KEY";
  }

  @Override
  public boolean isUserInRole(String role) {
    return user.caller().tier().equals(role);
  }
}
