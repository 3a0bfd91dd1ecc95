package framebuffer.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.AclRole;
import framebuffer.wire.Keys;
import framebuffer.wire.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Connecting reports a missing right before anything is written. */
class AclRightsTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final AclRights RIGHTS = AclRights.ofInstance(Keys.DEFAULT);
    private static final Pattern CALLED = Pattern.compile("redis\\.p?call\\('(\\w+)'");
    /** Rights that are optional. */
    private static final Set<String> SPARED = Set.of("publish", "info");

    static Set<String> commands() {
        return RIGHTS.needs().stream().flatMap(need -> Arrays.stream(need.commands().split(",", -1)))
                .map(command -> command.split(" ", 2)[0].toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void connect(String... rules) {
        connect(RIGHTS, rules);
    }

    private static void connect(AclRights needed, String... rules) {
        List<Object> line = new ArrayList<>(List.of("SETUSER", "limited", "reset", "on", ">secret"));
        line.addAll(List.of(rules));
        redis.call("ACL", line.toArray());
        RedisAddress there = redis.address();
        RedisConnection.open(new RedisAddress(there.host(), there.port(), false, "limited", new Secret("secret"), 0,
                ConnectTimeouts.DEFAULT).needing(needed)).close();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandThatIsMissingIsNamedWithTheRuleThatGivesIt(String command) {
        assertThatThrownBy(() -> connect("~*", "+@all", "-" + command)).isInstanceOf(RedisRefused.class)
                .hasMessageStartingWith("NOPERM").hasMessageContaining("ACL SETUSER limited")
                .hasMessageContaining("+" + command).hasMessageNotContaining("~");
        assertThat(redis.everything()).isEqualTo(Map.of());
    }

    @Test
    void aKeyThatIsMissingIsNamedWithTheRuleThatGivesIt() {
        assertThatThrownBy(() -> connect("~frame*", "+@all"))
                .hasMessage(
                        "NOPERM the Redis user limited may not run TYPE on processors:registry; nothing is done before"
                                + " it may. ACL SETUSER limited ~processors:registry ~processors:health ~processors:departed"
                                + " allows it");
        assertThatThrownBy(() -> connect("~frame-buffer:*", "~processors:*", "~frames:capture", "~frames:returned",
                "~frames:results",
                "~frames:dead-letter", "+@all")).hasMessageContaining("on frames:ready:*")
                .hasMessageContaining("limited ~frames:ready:* allows");
    }

    @Test
    void aUserOfOurKeysOnlyWithoutDangerousCommandsMayDoAll() {
        connect("~frames:*", "~frame-buffer:*", "~processors:*", "+@all", "-@dangerous");
        assertThat(redis.everything()).isEqualTo(Map.of());
    }

    @Test
    void aProcessorNeedsNoMoreThanItsQueueAndWhereItAnswers() {
        AclRights rights = AclRights.ofProcessor(Keys.DEFAULT, "frames:ready:face-1", "frames:results");
        connect(rights, "~frames:ready:face-1", "~frames:results", "~frames:returned", "+@all", "-@dangerous");
        assertThatThrownBy(() -> connect(rights, "~*", "+@all", "-xack")).isInstanceOf(RedisRefused.class)
                .hasMessageContaining("XACK on frames:ready:face-1").hasMessageContaining("+xack allows it");
    }

    @Test
    void eachRoleHasTheRightsThatItsConnectionsAskFor() {
        Map<AclRole, AclRights> asked = Map.of(AclRole.INSTANCE, RIGHTS, AclRole.PRODUCER,
                AclRights.ofProducer(Keys.DEFAULT, true), AclRole.CLIENT,
                AclRights.ofProcessor(Keys.DEFAULT, "frames:ready:face-1", "frames:results"));
        asked.forEach((role, rights) -> connect(rights,
                String.join(" ", role.rules("", false, "face-1")).split(" ", -1)));
        assertThat(redis.everything()).isEqualTo(Map.of());
    }

    @Test
    void aUserWithoutScriptsIsAskedAllTheSame() {
        AclRights rights = AclRights.ofProducer(Keys.DEFAULT, true);
        assertThatThrownBy(() -> connect(rights, "~frame:*", "+@all", "-@scripting")).isInstanceOf(RedisRefused.class)
                .hasMessageContaining("XADD on frames:capture").hasMessageContaining("~frames:capture");
        assertThat(redis.everything()).isEqualTo(Map.of());
    }

    @Test
    void allThatScriptsCallIsAskedFor() throws IOException {
        Set<String> called = new TreeSet<>();
        for (String folder : List.of("src/main/resources", "../orchestrator/src/main/resources")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                files.filter(file -> file.toString().endsWith(".lua")).forEach(file -> CALLED.matcher(text(file))
                        .results().forEach(found -> called.add(found.group(1).toLowerCase(Locale.ROOT))));
            }
        }
        called.removeAll(SPARED);
        assertThat(commands()).containsAll(called);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
