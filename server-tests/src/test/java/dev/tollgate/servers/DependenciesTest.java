package dev.tollgate.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** What the sample's WAR brings along: nothing that nobody has decided on. */
class DependenciesTest {

  private static final Path WAR = Path.of(System.getProperty("build.directory"), "sample.war");
  private static final String LIBRARIES = "WEB-INF/lib/";

  /** Those under which the product may be handed on with its own, Apache-2.0. */
  private static final Set<String> LICENCES =
      Set.of("Apache-2.0", "MIT", "BSD-3-Clause", "EPL-2.0", "Public-Domain");

  /** A file in the WAR and its licence, as {@code libraries.txt} lists them. */
  private static Map<String, String> listed() throws IOException {
    return Files.readAllLines(Directories.resource("libraries.txt")).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.split("\\s+"))
        .collect(Collectors.toMap(columns -> columns[0], columns -> columns[1]));
  }

  /** The classes of each library of other projects. */
  private static Map<String, Set<String>> packed() throws IOException {
    Map<String, Set<String>> classes = new TreeMap<>();
    try (ZipInputStream war = new ZipInputStream(Files.newInputStream(WAR))) {
      for (ZipEntry entry = war.getNextEntry(); entry != null; entry = war.getNextEntry()) {
        String name = entry.getName();
        if (name.startsWith(LIBRARIES) && name.endsWith(".jar")) {
          classes.put(name.substring(LIBRARIES.length()), classes(war));
        }
      }
    }
    classes.keySet().removeIf(name -> name.startsWith("tollgate-"));
    return classes;
  }

  private static Set<String> classes(InputStream jar) throws IOException {
    Set<String> classes = new TreeSet<>();
    ZipInputStream entries = new ZipInputStream(jar);
    for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
      String name = entry.getName();
      if (name.endsWith(".class") && !name.startsWith("META-INF/") && name.contains("/")) {
        classes.add(name);
      }
    }
    return classes;
  }

  @Test
  void everyLibraryIsListedWithItsVersionAndALicenceThatIsAllowed() throws IOException {
    Map<String, String> listed = listed();
    Map<String, Set<String>> packed = packed();
    System.out.printf("%d libraries of other projects in the sample's WAR%n", packed.size());
    assertThat(packed.keySet()).containsExactlyInAnyOrderElementsOf(listed.keySet());
    assertThat(listed.values()).isSubsetOf(LICENCES);
  }

  @Test
  void noClassIsThereTwice() throws IOException {
    Map<String, String> owners = new HashMap<>();
    List<String> twice =
        packed().entrySet().stream()
            .flatMap(
                jar ->
                    jar.getValue().stream()
                        .filter(name -> owners.putIfAbsent(name, jar.getKey()) != null))
            .toList();
    assertThat(owners).hasSizeGreaterThan(1000);
    assertThat(twice).isEmpty();
  }
}
