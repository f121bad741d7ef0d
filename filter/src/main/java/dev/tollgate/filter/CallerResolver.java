package dev.tollgate.filter;

import dev.tollgate.config.CallerSource;
import dev.tollgate.config.HashKey;
import dev.tollgate.config.HttpSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds out who makes a request. Immutable.
 *
 * <p>Ids tell where they come from: {@code key-} and the hash of a secret, {@code ip-} and an
 * address, else the name that the container vouches for. A name that looks like one of the others,
 * or is too long or not printable, becomes {@code user-} and its hash.
 */
final class CallerResolver {

  private static final Pattern PLAIN_NAME =
      Pattern.compile("(?!key-|ip-|user-)[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]{1,200}");

  private final List<CallerSource> sources;
  private final HashKey hashKey;
  private final ClientAddress clientAddress;

  /**
   * @throws IllegalArgumentException when a trusted proxy is malformed
   */
  CallerResolver(HttpSettings settings) {
    sources = settings.callers();
    hashKey = settings.hashKey();
    clientAddress = new ClientAddress(settings.trustedProxies());
  }

  /**
   * The caller's id.
   *
   * @throws RejectedException when the request names none, or two
   */
  String resolve(HttpServletRequest request) throws RejectedException {
    requireOneKey(request);
    for (CallerSource source : sources) {
      Optional<String> id = id(source, request);
      if (id.isPresent()) {
        return id.get();
      }
    }
    throw new RejectedException(
        Fault.UNIDENTIFIED, "The request does not say who makes it: send your credentials.");
  }

  private void requireOneKey(HttpServletRequest request) throws RejectedException {
    Optional<String> first = Optional.empty();
    for (CallerSource source : sources) {
      Optional<String> key = key(source, request);
      if (key.isPresent() && first.isPresent() && !key.equals(first)) {
        throw new RejectedException(
            Fault.BAD_REQUEST, "The request carries two different keys: send one.");
      }
      first = first.or(() -> key);
    }
  }

  private static Optional<String> key(CallerSource source, HttpServletRequest request)
      throws RejectedException {
    if (source instanceof CallerSource.Header header) {
      return Credentials.header(request, header.name());
    }
    if (source instanceof CallerSource.Bearer) {
      return Credentials.bearer(request);
    }
    return Optional.empty();
  }

  private Optional<String> id(CallerSource source, HttpServletRequest request)
      throws RejectedException {
    if (source instanceof CallerSource.Principal) {
      return Optional.ofNullable(request.getUserPrincipal())
          .map(Principal::getName)
          .map(this::name);
    }
    if (source instanceof CallerSource.Claim claim) {
      return BearerClaims.find(request, claim.name()).map(this::name);
    }
    if (source instanceof CallerSource.Cookie cookie) {
      return Credentials.cookie(request, cookie.name()).map(this::secret);
    }
    if (source instanceof CallerSource.Ip) {
      return clientAddress
          .find(request.getRemoteAddr(), forwardedFor(request))
          .map(address -> "ip-" + ClientAddress.name(address));
    }
    return key(source, request).map(this::secret);
  }

  private static List<String> forwardedFor(HttpServletRequest request) {
    Enumeration<String> values = request.getHeaders("X-Forwarded-For");
    return values == null ? List.of() : Collections.list(values);
  }

  private String secret(String secret) {
    return "key-" + hashKey.hash(secret);
  }

  private String name(String name) {
    return PLAIN_NAME.matcher(name).matches() ? name : "user-" + hashKey.hash(name);
  }
}
