package dev.tollgate.filter;

import dev.tollgate.Call;
import dev.tollgate.config.HttpRoute;
import java.util.Optional;

/**
 * A request that asks to be let in. Immutable.
 *
 * @param body what it asks for, where its route reads bodies
 * @param refusals the answers if it is not let in
 */
record Arrival(Call call, HttpRoute route, Optional<AskedBody> body, RefusalAnswers refusals) {}
