package dev.tollgate.simulator;

import dev.tollgate.config.ConfigurationException;
import dev.tollgate.config.Settings;
import dev.tollgate.config.SettingsFile;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/**
 * The command {@code tollgate-simulator}: replays a trace of calls through the engine, under a
 * virtual clock, by the limits of a properties file.
 *
 * <p>It exits with 0, and with 2 when an option, the configuration or the trace is wrong; then it
 * writes no report. Not thread-safe.
 */
@Command(
    name = "tollgate-simulator",
    sortOptions = false,
    description = {
      "Replays a trace of AI calls through Tollgate's engine and reports what would have been"
          + " admitted, restricted, refused and spent.",
      ""
    },
    footer = {
      "",
      "The trace is a CSV file with a header: timestamp (seconds or ISO 8601), caller, input_tokens,"
          + " output_tokens; and, if you like, model, criticality, max_tokens, route, tier."
    })
public final class Simulator implements Callable<Integer> {

  private static final int MAX_INCIDENTS = 20;

  @Option(
      names = "--trace",
      required = true,
      paramLabel = "FILE",
      description = "the calls, as CSV, oldest first")
  private Path trace = Path.of("");

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "the limits, as Tollgate's properties file")
  private Path config = Path.of("");

  @Option(
      names = "--report",
      required = true,
      paramLabel = "DIR",
      description = "where report.json and report.html are written")
  private Path report = Path.of("");

  @Option(
      names = "--inject",
      paramLabel = "INCIDENT",
      description = {
        "adds calls to the trace: loop, bot, leaked-key or power-user; may be repeated.",
        "Details follow a colon: bot:at=3600,for=2h,factor=5000,caller=mallory,tier=free"
      })
  private List<String> inject = new ArrayList<>();

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "NUMBER",
      description = "what injected calls and the engine's chance depend on (default: 1)")
  private long seed;

  @Option(names = "--quiet", description = "shows no progress")
  private boolean quiet;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "shows this text")
  private boolean help;

  private final PrintStream out;
  private final PrintStream err;

  Simulator(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] arguments) {
    // a report is the same wherever it is made
    Locale.setDefault(Locale.ROOT);
    System.exit(run(System.out, System.err, arguments));
  }

  /** Runs the command; returns its exit code. */
  static int run(PrintStream out, PrintStream err, String... arguments) {
    return new CommandLine(new Simulator(out, err))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Override
  public Integer call() {
    try {
      simulate();
      return CommandLine.ExitCode.OK;
    } catch (ConfigurationException | TraceException wrong) {
      err.println(wrong.getMessage());
    } catch (ArithmeticException overflow) {
      err.println("All calls together cost over 9.2 billion dollars; check tokens and prices.");
    } catch (UncheckedIOException unwritable) {
      err.println("--report " + report + " cannot be written: " + unwritable.getCause());
    }
    return CommandLine.ExitCode.USAGE;
  }

  private void simulate() throws TraceException {
    ReportFiles files = ReportFiles.in(report);
    Settings settings = SettingsFile.read(config, InstantSource.system());
    Directory directory = new Directory(settings);
    Survey survey = survey(directory);
    List<Incident> incidents = incidents(survey, directory);
    Story story =
        new Story(trace.toString(), config.toString(), incidents, seed, notes(directory, survey));

    Results results = replay(settings, directory, survey, incidents);

    files.write(JsonReport.of(results).text(), HtmlReport.of(results, story));
    out.print(TextReport.of(results, story));
    out.println(System.lineSeparator() + "The report is " + files.page());
  }

  private Survey survey(Directory directory) throws TraceException {
    try (TraceReader reader = TraceReader.open(trace, directory)) {
      return Survey.of(reader);
    }
  }

  private List<Incident> incidents(Survey survey, Directory directory) throws TraceException {
    if (inject.size() > MAX_INCIDENTS) {
      throw new TraceException("--inject stands over " + MAX_INCIDENTS + " times; remove some");
    }
    List<Incident> incidents = new ArrayList<>();
    for (String option : inject) {
      incidents.add(Incident.parse(option, survey, directory));
    }
    return incidents;
  }

  private static List<String> notes(Directory directory, Survey survey) {
    List<String> notes = new ArrayList<>(directory.notes());
    if (!survey.unusedColumns().isEmpty()) {
      notes.add("the trace has columns that are not used: " + survey.unusedColumns());
    }
    return notes;
  }

  private Results replay(
      Settings settings, Directory directory, Survey survey, List<Incident> incidents)
      throws TraceException {
    long injected = incidents.stream().mapToLong(Incident::calls).sum();
    Progress progress = new Progress(err, style(), survey.calls() + injected);
    try (TraceReader reader = TraceReader.open(trace, directory)) {
      List<Calls> sources = new ArrayList<>();
      sources.add(reader);
      SplittableRandom random = new SplittableRandom(seed);
      incidents.forEach(each -> sources.add(new IncidentCalls(each, survey, random.split())));
      Calls calls = new MergedCalls(sources);
      return Replay.run(directory, settings.store(), seed, survey, calls, progress);
    } finally {
      progress.end();
    }
  }

  private Progress.Style style() {
    if (quiet) {
      return Progress.Style.NONE;
    }
    return Ansi.AUTO.enabled() ? Progress.Style.BAR : Progress.Style.LINES;
  }
}
