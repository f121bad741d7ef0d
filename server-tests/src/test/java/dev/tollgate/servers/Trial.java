package dev.tollgate.servers;

import dev.tollgate.servers.Hostile.Must;
import dev.tollgate.servers.Verdict.Tried;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tries hostile requests on a server before a provider that counts. They are tried in groups, since
 * to ask what was charged takes longer than to be charged; a group in which anything is wrong is
 * tried again one by one. For use by one thread.
 */
final class Trial {

  private static final int GROUP = 25;
  private static final long PATIENCE_NANOS = Duration.ofSeconds(3).toNanos();
  private static final int PAUSE_MILLIS = 20;

  /** How long a server may go on with a request whose connection it has closed. */
  private static final int REST_MILLIS = 200;

  private final Instance instance;
  private final ProviderStandIn provider;
  private final String victimId;
  private final List<String> bypasses = new ArrayList<>();
  private final List<String> surprises = new ArrayList<>();
  private final Map<Integer, Integer> statuses = new TreeMap<>();
  private Account attacker;
  private Account victim;

  Trial(Instance instance, ProviderStandIn provider, String victimId) {
    this.instance = instance;
    this.provider = provider;
    this.victimId = victimId;
    this.attacker = Account.of(instance.client(), Hostile.KEY);
    this.victim = Account.of(instance.client(), Hostile.VICTIM_KEY);
  }

  /** How requests got past, each with all that is known about it. */
  List<String> bypasses() {
    return bypasses;
  }

  /** Requests that did not get past, but came to something else than they must. */
  List<String> surprises() {
    return surprises;
  }

  /** How many answers there were of each status, 0 for none at all. */
  Map<Integer, Integer> statuses() {
    return statuses;
  }

  void tryAll(List<Hostile> corpus) throws IOException, InterruptedException {
    List<Hostile> group = new ArrayList<>();
    for (Hostile next : corpus) {
      if (group.size() == GROUP || (!group.isEmpty() && group.get(0).must() != next.must())) {
        tryGroup(group);
        group.clear();
      }
      group.add(next);
    }
    tryGroup(group);
  }

  private void tryGroup(List<Hostile> group) throws IOException, InterruptedException {
    Verdict together = judge(group);
    together.tried().forEach(each -> count(each.answer()));
    if (isClean(together)) {
      return;
    }
    int known = bypasses.size() + surprises.size();
    for (Hostile each : group) {
      note(judge(List.of(each)));
    }
    if (bypasses.size() + surprises.size() == known) {
      note(together);
    }
  }

  private void count(RawAnswer answer) {
    statuses.merge(answer.statuses().stream().findFirst().orElse(0), 1, Integer::sum);
  }

  private boolean isClean(Verdict verdict) {
    return verdict.bypasses(victimId).isEmpty() && verdict.surprises().isEmpty();
  }

  private void note(Verdict verdict) {
    List<String> ways = verdict.bypasses(victimId);
    if (!ways.isEmpty()) {
      bypasses.add(verdict.explained(ways));
    } else if (!verdict.surprises().isEmpty()) {
      surprises.add(verdict.explained(verdict.surprises()));
    }
  }

  private Verdict judge(List<Hostile> requests) throws IOException, InterruptedException {
    long calls = provider.calls();
    long tokens = provider.tokens();
    List<Tried> tried = new ArrayList<>();
    for (Hostile request : requests) {
      tried.add(new Tried(request, RawAnswer.to(request, instance.address())));
    }
    if (tried.stream().anyMatch(each -> each.answer().statuses().isEmpty())) {
      Thread.sleep(REST_MILLIS);
    }
    Account attackerNow = settled(tried, tokens);
    Account victimNow = Account.of(instance.client(), Hostile.VICTIM_KEY);
    Verdict verdict =
        new Verdict(
            tried,
            provider.calls() - calls,
            provider.tokens() - tokens,
            attackerNow.since(attacker),
            victimNow.since(victim));
    attacker = attackerNow;
    victim = victimNow;
    return verdict;
  }

  /** The last byte of an answer may be here before what it costs is settled, or given back. */
  private Account settled(List<Tried> tried, long tokensBefore) throws InterruptedException {
    boolean refused = tried.get(0).request().must() == Must.BE_REFUSED;
    long start = System.nanoTime();
    Account now = Account.of(instance.client(), Hostile.KEY);
    while (System.nanoTime() - start < PATIENCE_NANOS) {
      Account charged = now.since(attacker);
      if (charged.tokens() == provider.tokens() - tokensBefore
          && (!refused || charged.isNothing())) {
        break;
      }
      Thread.sleep(PAUSE_MILLIS);
      now = Account.of(instance.client(), Hostile.KEY);
    }
    return now;
  }
}
