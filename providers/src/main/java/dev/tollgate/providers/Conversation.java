package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns, seen as what holds for all of them and a row of exchanges. An exchange begins with a turn
 * of the user and has all the answers, tool calls and results up to the next: so dropping it whole
 * tears nothing apart. Immutable.
 */
final class Conversation {

  private final List<Integer> exchangeOfTurn = new ArrayList<>();
  private final ArrayNode turns;
  private final int exchanges;

  Conversation(ArrayNode turns, RequestDialect dialect) {
    this.turns = turns;
    int exchange = 0;
    boolean opened = false;
    for (JsonNode turn : turns) {
      switch (dialect.part(turn)) {
        case SYSTEM -> exchangeOfTurn.add(Integer.MAX_VALUE);
        case USER -> {
          exchange += opened ? 1 : 0;
          opened = true;
          exchangeOfTurn.add(exchange);
        }
        case REPLY -> {
          opened = true;
          exchangeOfTurn.add(exchange);
        }
      }
    }
    this.exchanges = exchange + 1;
  }

  /**
   * How many of the oldest exchanges have to go so that the rest is lower by at least {@code
   * excess} tokens, or all but the last.
   */
  int exchangesToDrop(long excess, double tokensPerByte) {
    int dropped = 0;
    PromptSize size = new PromptSize();
    int turn = 0;
    while (size.tokens(tokensPerByte) < excess && dropped < exchanges - 1) {
      while (exchangeOfTurn.get(turn) <= dropped || isSystem(turn)) {
        if (!isSystem(turn)) {
          size.addTurn(turns.get(turn));
        }
        turn++;
      }
      dropped++;
    }
    return dropped;
  }

  private boolean isSystem(int turn) {
    return exchangeOfTurn.get(turn) == Integer.MAX_VALUE;
  }

  /** The turns without the oldest exchanges. */
  ArrayNode without(int oldest) {
    ArrayNode rest = turns.arrayNode();
    for (int i = 0; i < turns.size(); i++) {
      if (exchangeOfTurn.get(i) >= oldest) {
        rest.add(turns.get(i));
      }
    }
    return rest;
  }
}
