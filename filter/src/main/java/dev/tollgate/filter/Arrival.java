package dev.tollgate.filter;

import dev.tollgate.Call;
import dev.tollgate.config.HttpRoute;
import java.util.Optional;

/**
 * A request that asks to be let in. Immutable.
 *
 * @param body what it asks for, where its route reads bodies
 */
record Arrival(Call call, HttpRoute route, Optional<AskedBody> body) {}
