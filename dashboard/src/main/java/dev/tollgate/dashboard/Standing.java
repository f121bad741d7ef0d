package dev.tollgate.dashboard;

import dev.tollgate.Alert;
import dev.tollgate.Call;
import dev.tollgate.CallRecord;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.LimitState;
import dev.tollgate.Policies;
import dev.tollgate.Route;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a caller stands at a time. Immutable.
 *
 * @param mode what becomes of all calls, by what the caller has done
 * @param halts what is refused whatever the caller has done
 * @param limits those of the tier first, then those of routes
 * @param calls the latest calls, newest first
 * @param alerts the latest alerts, newest first
 * @param degraded whether the store does not answer, so that the numbers are this process's own, or
 *     none
 */
record Standing(
    Caller caller,
    Tier tier,
    Instant at,
    Mode mode,
    List<Halt> halts,
    List<LimitState> limits,
    List<CallRecord> calls,
    List<Alert> alerts,
    boolean degraded) {

  Standing {
    halts = List.copyOf(halts);
    limits = List.copyOf(limits);
    calls = List.copyOf(calls);
    alerts = List.copyOf(alerts);
  }

  /**
   * Reads how a caller stands; charges nothing.
   *
   * @throws IllegalArgumentException when the caller's tier does not exist
   */
  static Standing of(Caller caller, Tollgate tollgate, Instant at) {
    List<Decision> trials =
        routes(tollgate.policies()).stream()
            .map(route -> tollgate.check(Call.of(caller, route).requests(0)))
            .toList();
    return new Standing(
        caller,
        tollgate.policies().tier(caller.tier()),
        at,
        trials.isEmpty() ? Mode.FULL : Mode.of(caller, tollgate, trials.get(0)),
        Halt.of(caller, tollgate, at),
        limits(trials),
        tollgate.calls(caller),
        tollgate.alerts(caller),
        tollgate.health().degraded());
  }

  /** The most essential route without limits of its own, if there is any, and all with some. */
  private static List<String> routes(Policies policies) {
    Map<Boolean, List<String>> byLimits =
        policies.routes().values().stream()
            .sorted(Comparator.comparing(Route::criticality).thenComparing(Route::name))
            .collect(
                Collectors.partitioningBy(
                    route -> route.limits().isEmpty(),
                    Collectors.mapping(Route::name, Collectors.toList())));
    return Stream.concat(
            byLimits.getOrDefault(true, List.of()).stream().limit(1),
            byLimits.getOrDefault(false, List.of()).stream())
        .toList();
  }

  private static List<LimitState> limits(List<Decision> trials) {
    Map<String, LimitState> byName = new LinkedHashMap<>();
    for (Decision trial : trials) {
      trial.limits().forEach(state -> byName.putIfAbsent(state.limit().name(), state));
    }
    return List.copyOf(byName.values());
  }
}
