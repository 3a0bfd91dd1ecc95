package framebuffer.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The words of public types are known words: of the glossary, of the JDK's own type names, or of this field (message brokers, schedulers,
 * Redis, video). A new word either gets a row in the glossary or a line in {@code field-words.txt}.
 */
class VocabularyTest {
    private static final Path GLOSSARY = Repository.root().resolve("docs/glossary.md");
    private static final Path FIELD = Repository.root().resolve("architecture/src/test/resources/field-words.txt");

    /** A type in a code span, its package before it. */
    private static final Pattern CODE = Pattern.compile("`(?:[\\w.]+\\.)?(\\p{Lu}\\w*)`");

    @Test
    void everyWordOfAPublicTypeIsKnown() throws IOException {
        Set<String> known = new TreeSet<>(glossary());
        known.addAll(jdk());
        known.addAll(Files.readAllLines(FIELD));
        Map<String, String> unknown = new TreeMap<>(used());
        unknown.keySet().removeIf(word -> isKnown(word, known));
        assertThat(unknown).as("word and a type that has it").isEmpty();
    }

    @Test
    void theFieldWordsAreSortedAndNeeded() throws IOException {
        List<String> field = Files.readAllLines(FIELD);
        assertThat(field).isSorted().doesNotHaveDuplicates();
        Set<String> others = new TreeSet<>(glossary());
        others.addAll(jdk());
        assertThat(field).noneMatch(word -> isKnown(word, others));
        Set<String> used = used().keySet().stream().flatMap(VocabularyTest::forms).collect(Collectors.toSet());
        assertThat(field).allMatch(used::contains);
    }

    @Test
    void everyTypeThatTheGlossaryNamesExists() throws IOException {
        Set<String> types = PackageSizes.names(Repository.sources().stream().map(Source::read).toList()).keySet();
        assertThat(CODE.matcher(Files.readString(GLOSSARY)).results().map(code -> code.group(1))).isNotEmpty()
                .allMatch(types::contains);
    }

    @Test
    void aWordIsKnownInItsSingularToo() {
        assertThat(isKnown("policies", Set.of("policy"))).isTrue();
        assertThat(isKnown("switches", Set.of("switch"))).isTrue();
        assertThat(isKnown("frames", Set.of("frame"))).isTrue();
        assertThat(isKnown("census", Set.of("frame"))).isFalse();
    }

    /** Word → a public type with it. */
    private static Map<String, String> used() {
        Map<String, String> words = new TreeMap<>();
        List<Source> sources = Repository.sources().stream().map(Source::read).filter(source -> !source.isTest())
                .toList();
        Sizes.parse(sources, (unit, _) -> new TreePathScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
                if (type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
                    String name = type.getSimpleName().toString();
                    words(name).forEach(word -> words.put(word, name));
                }
                return super.visitClass(type, null);
            }
        }.scan(unit, null));
        return words;
    }

    /** The words of the first column. */
    private static Set<String> glossary() throws IOException {
        return Files.readAllLines(GLOSSARY).stream().filter(line -> line.startsWith("| "))
                .flatMap(row -> Arrays.stream(row.split("\\|", -1)[1].toLowerCase(Locale.ROOT).split("[^a-z]+", -1)))
                .filter(word -> !word.isEmpty()).collect(Collectors.toSet());
    }

    private static Set<String> jdk() throws IOException {
        Path base = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base/java");
        try (Stream<Path> types = Files.walk(base)) {
            return types.map(type -> type.getFileName().toString()).filter(name -> name.endsWith(".class"))
                    .map(name -> name.substring(0, name.indexOf('.'))).filter(name -> !name.contains("$"))
                    .flatMap(VocabularyTest::words).collect(Collectors.toSet());
        }
    }

    private static Stream<String> words(String name) {
        return Arrays.stream(name.split("(?<=\\p{Ll})(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})", -1))
                .map(word -> word.toLowerCase(Locale.ROOT));
    }

    private static boolean isKnown(String word, Set<String> known) {
        return forms(word).anyMatch(known::contains);
    }

    /** The word, and what may be its singular. */
    private static Stream<String> forms(String word) {
        return Stream.of(word, word.replaceFirst("s$", ""), word.replaceFirst("es$", ""),
                word.replaceFirst("ies$", "y")).distinct();
    }
}
