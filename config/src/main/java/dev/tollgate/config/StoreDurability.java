package dev.tollgate.config;

import dev.tollgate.config.ConfigurationException.Problem;
import dev.tollgate.store.Durability;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.util.List;

/** Whether a store keeps what hard limits depend on: what providers have cost in their window. */
final class StoreDurability {

  private StoreDurability() {}

  /**
   * What to warn of. A store that does not answer is judged later: {@link DurabilityWatch}.
   *
   * @throws ConfigurationException when the store may forget what was spent at any time
   */
  static List<Problem> warnings(Settings settings, Store store) {
    if (!isNeeded(settings)) {
      return List.of();
    }
    try {
      return warnings(settings.store(), store.durability());
    } catch (StoreException noAnswer) {
      return List.of();
    }
  }

  static boolean isNeeded(Settings settings) {
    return !settings.policies().spending().budgets().isEmpty();
  }

  static List<Problem> warnings(StoreSettings settings, Durability durability) {
    String address = Redaction.ofAddress(settings.uri().toString());
    return switch (durability) {
      case KEPT -> List.of();
      case LOST_AT_RESTART ->
          List.of(
              new Problem(
                  "tollgate.store",
                  address,
                  "it forgets at a restart what was spent, and hard limits begin anew",
                  "use file: or Redis or Valkey with 'appendonly yes', or lower the provider's own"
                      + " limit"));
      case EVICTED ->
          throw new ConfigurationException(
              List.of(
                  new Problem(
                      "tollgate.store",
                      address,
                      "its server may evict what was spent, and hard limits would not hold",
                      "set its 'maxmemory-policy' to 'noeviction', or remove the hard limits")));
    };
  }
}
