package dev.tollgate.config;

import dev.tollgate.Ladder;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What happens as a quota fills up: {@code 80% notify, 100% restrict, 150% refuse}. */
final class LadderSyntax {

  static final Syntax<Ladder> WHOLE =
      new Syntax<>("80% notify, 100% restrict, 150% refuse", LadderSyntax::parse);

  private static final Pattern RUNG = Pattern.compile("(?<percent>\\S+?)\\s*%\\s*(?<action>\\S+)");
  private static final Syntax<Ladder.Action> ACTION = Syntax.oneOf(Ladder.Action.class);

  private LadderSyntax() {}

  private static Ladder parse(String text) {
    List<Ladder.Rung> rungs = new ArrayList<>();
    for (String term : Values.split(text)) {
      rungs.add(rung(term));
    }
    return new Ladder(rungs);
  }

  private static Ladder.Rung rung(String term) {
    Matcher rung = RUNG.matcher(term);
    if (!rung.matches()) {
      throw new IllegalArgumentException("'" + term + "' is not a percentage and an action");
    }
    long percent = AmountSyntax.whole(rung.group("percent"));
    if (percent > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("'" + term + "' is too high");
    }
    String action = rung.group("action");
    try {
      return new Ladder.Rung((int) percent, ACTION.parse(action));
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException("'" + term + "': " + wrong.getMessage(), wrong);
    }
  }
}
