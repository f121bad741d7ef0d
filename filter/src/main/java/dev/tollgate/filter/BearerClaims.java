package dev.tollgate.filter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * The claims of the JSON web token that the container authenticated the request by. The signature
 * is not checked again, so nothing is read from a request that the container has not authenticated,
 * or has authenticated by other means than a token: there the token can be anybody's invention.
 */
final class BearerClaims {

  private static final int MAX_DEPTH = 64;
  private static final Set<String> TOKENLESS =
      Set.of(
          HttpServletRequest.BASIC_AUTH,
          HttpServletRequest.DIGEST_AUTH,
          HttpServletRequest.FORM_AUTH,
          HttpServletRequest.CLIENT_CERT_AUTH);

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
              .build());

  private BearerClaims() {}

  /**
   * A claim that is a text or a number; empty when it is missing or anything else.
   *
   * @throws RejectedException when there are two tokens, or the token is too long
   */
  static Optional<String> find(HttpServletRequest request, String claim) throws RejectedException {
    if (request.getUserPrincipal() == null || isTokenless(request.getAuthType())) {
      return Optional.empty();
    }
    return Credentials.claimsToken(request).flatMap(token -> find(token, claim));
  }

  private static boolean isTokenless(String authType) {
    return authType != null && TOKENLESS.contains(authType);
  }

  static Optional<String> find(String token, String claim) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      JsonNode value = JSON.readTree(Base64.getUrlDecoder().decode(parts[1])).path(claim);
      return value.isTextual() || value.isIntegralNumber()
          ? Optional.of(value.asText()).filter(text -> !text.isBlank())
          : Optional.empty();
    } catch (IllegalArgumentException | IOException malformed) {
      return Optional.empty();
    }
  }
}
