package dev.tollgate.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * A properties file outside the application, in UTF-8, which the system property {@code
 * tollgate.config} or the environment variable {@code TOLLGATE_CONFIG} names. It goes before the
 * properties within the application and after system properties and environment variables.
 *
 * <p>It is read again, when it has changed, each time that the names of its properties are listed,
 * as an engine that looks for changes does. Thread-safe.
 */
public final class ConfigFile implements ConfigSource {

  static final String PROPERTY = "tollgate.config";

  private static final int ORDINAL = 250;
  private static final long MAX_BYTES = 1 << 20;
  private static final System.Logger LOG = System.getLogger("dev.tollgate");

  private final String path;
  private FileTime readAt = FileTime.fromMillis(-1);
  private String failure = "";
  private volatile Map<String, String> properties = Map.of();

  /** The file that the system property or the environment variable names, if they do. */
  public ConfigFile() {
    this(named());
  }

  private static String named() {
    String variable = System.getenv().getOrDefault(Key.environmentName(PROPERTY), "");
    return System.getProperty(PROPERTY, variable);
  }

  /**
   * @param path empty for no file
   */
  ConfigFile(String path) {
    this.path = path;
    refresh();
  }

  @Override
  public Set<String> getPropertyNames() {
    refresh();
    return properties.keySet();
  }

  @Override
  public @Nullable String getValue(String name) {
    return properties.get(name);
  }

  @Override
  public String getName() {
    return "Tollgate's file " + path;
  }

  @Override
  public int getOrdinal() {
    return ORDINAL;
  }

  /** What cannot be read now leaves what was read before. */
  private synchronized void refresh() {
    if (path.isEmpty()) {
      return;
    }
    try {
      Path file = Path.of(path);
      FileTime changedAt = Files.getLastModifiedTime(file);
      if (!changedAt.equals(readAt)) {
        readAt = changedAt;
        properties = read(file);
      }
    } catch (IOException | IllegalArgumentException unreadable) {
      report(unreadable.toString());
    }
  }

  /** Once, however often it is tried. */
  private void report(String newFailure) {
    if (!newFailure.equals(failure)) {
      failure = newFailure;
      LOG.log(System.Logger.Level.WARNING, () -> getName() + " is not read: " + newFailure);
    }
  }

  /**
   * Reads a file of properties.
   *
   * @throws IOException when it cannot be read
   * @throws IllegalArgumentException when it is too large or no properties file
   */
  static Map<String, String> read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IllegalArgumentException("it has over " + MAX_BYTES + " bytes");
    }
    Properties read = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      read.load(reader);
    }
    return read.stringPropertyNames().stream()
        .collect(Collectors.toUnmodifiableMap(name -> name, read::getProperty));
  }

  /** The name of a file that can be read. */
  static final Syntax<Path> SYNTAX =
      new Syntax<>(
          "/etc/tollgate.properties",
          text -> {
            if (!text.equals(named())) {
              throw new IllegalArgumentException(
                  "counts only as a system property or environment variable");
            }
            try {
              Path file = Path.of(text);
              read(file);
              return file;
            } catch (InvalidPathException | IOException unreadable) {
              throw new IllegalArgumentException(
                  "names no properties file that can be read: " + unreadable, unreadable);
            }
          });
}
