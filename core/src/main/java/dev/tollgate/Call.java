package dev.tollgate;

import java.util.Optional;

/**
 * A call that asks to be let in.
 *
 * @param caller who is charged
 * @param route the name of a route of the policies
 * @param model the model it asks for, empty when it uses none: at most {@link #MAX_MODEL_LENGTH}
 *     characters
 * @param estimate what it will use
 * @param mostInputTokens more input tokens than it can have, where its estimate may be too low: 0
 *     to {@link Usage#MAX_TOKENS}, 0 where the estimate is all that is known. What its provider's
 *     budget must hold
 * @param requests how many requests it counts as: 0 when an outer gate has counted it, else 1
 * @param routeRequests how many it counts as against the limits of its route alone: 0 when an outer
 *     gate has counted it for the same route
 * @param settled whether the usage will be settled later; otherwise the estimate is charged at once
 * @param criticality how much the application needs it, empty for the criticality of its route
 */
public record Call(
    Caller caller,
    String route,
    String model,
    Estimate estimate,
    long mostInputTokens,
    long requests,
    long routeRequests,
    boolean settled,
    Optional<Criticality> criticality) {

  public static final int MAX_MODEL_LENGTH = 128;

  /**
   * @throws IllegalArgumentException when a component is out of its range
   */
  public Call {
    if (model.length() > MAX_MODEL_LENGTH) {
      throw new IllegalArgumentException(
          "model name of " + model.length() + " characters: at most " + MAX_MODEL_LENGTH);
    }
    if (mostInputTokens < 0 || mostInputTokens > Usage.MAX_TOKENS) {
      throw new IllegalArgumentException(
          "input tokens " + mostInputTokens + " are not in 0 to " + Usage.MAX_TOKENS);
    }
    checkRequests(requests);
    checkRequests(routeRequests);
  }

  private static void checkRequests(long requests) {
    if (requests < 0 || requests > 1_000_000) {
      throw new IllegalArgumentException("requests " + requests + " is not in 0 to 1000000");
    }
  }

  /** One request that uses no tokens and is charged at once. */
  public static Call of(Caller caller, String route) {
    return new Call(caller, route, "", Estimate.NONE, 0, 1, 1, false, Optional.empty());
  }

  /** The same call of a model. */
  public Call model(String model) {
    return new Call(
        caller,
        route,
        model,
        estimate,
        mostInputTokens,
        requests,
        routeRequests,
        settled,
        criticality);
  }

  /** The same call with an estimate, to be settled later. */
  public Call estimate(long inputTokens, long outputTokens) {
    return estimate(new Estimate(inputTokens, outputTokens));
  }

  /** The same call with an estimate, to be settled later. */
  public Call estimate(Estimate estimate) {
    return new Call(
        caller,
        route,
        model,
        estimate,
        mostInputTokens,
        requests,
        routeRequests,
        true,
        criticality);
  }

  /** The same call, which may turn out to have so many input tokens. */
  public Call mostInputTokens(long tokens) {
    return new Call(
        caller, route, model, estimate, tokens, requests, routeRequests, settled, criticality);
  }

  /** The same call, counted as so many requests. */
  public Call requests(long requests) {
    return requests(requests, requests);
  }

  /**
   * The same call as a part of a request that an outer gate has counted: against the limits of the
   * tier, and against those of the outer gate's route. If the outer gate settles the request, its
   * tokens are metered there, and this call uses none of its own.
   */
  public Call countedBy(Call outer) {
    long ofRoute = outer.route().equals(route) ? 0 : routeRequests;
    return outer.settled()
        ? new Call(caller, route, model, Estimate.NONE, 0, 0, ofRoute, false, criticality)
        : requests(0, ofRoute);
  }

  private Call requests(long requests, long routeRequests) {
    return new Call(
        caller,
        route,
        model,
        estimate,
        mostInputTokens,
        requests,
        routeRequests,
        settled,
        criticality);
  }

  /** The same call, as critical as this whatever its route is. */
  public Call criticality(Criticality criticality) {
    return new Call(
        caller,
        route,
        model,
        estimate,
        mostInputTokens,
        requests,
        routeRequests,
        settled,
        Optional.of(criticality));
  }
}
