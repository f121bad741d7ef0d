package dev.tollgate.filter;

import dev.tollgate.config.HttpSettings;
import dev.tollgate.config.TierSource;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Finds the tier of a caller. Immutable. */
final class TierResolver {

  private final HttpSettings settings;

  TierResolver(HttpSettings settings) {
    this.settings = settings;
  }

  /**
   * The name of the caller's tier.
   *
   * @throws RejectedException when the request carries two tokens, or one that is too long
   * @throws IllegalStateException when no source names a tier, not even as the default
   */
  String resolve(String callerId, HttpServletRequest request) throws RejectedException {
    for (TierSource source : settings.tiers()) {
      Optional<String> tier = tier(source, callerId, request);
      if (tier.isPresent()) {
        return tier.get();
      }
    }
    throw new IllegalStateException(
        "tollgate.caller-tier names no default tier: add default:<tier>");
  }

  private Optional<String> tier(TierSource source, String callerId, HttpServletRequest request)
      throws RejectedException {
    if (source instanceof TierSource.Role) {
      return settings.tierOrder().stream().filter(request::isUserInRole).findFirst();
    }
    if (source instanceof TierSource.Claim claim) {
      return BearerClaims.find(request, claim.name()).filter(settings.tierOrder()::contains);
    }
    if (source instanceof TierSource.Default otherwise) {
      return Optional.of(otherwise.tier());
    }
    return Optional.ofNullable(settings.callerTiers().get(callerId));
  }
}
