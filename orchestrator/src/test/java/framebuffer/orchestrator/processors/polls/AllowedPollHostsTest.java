package framebuffer.orchestrator.processors.polls;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.processors.polls.HealthPoller.AllowedPollHosts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedPollHostsTest {
    private static final String ELSEWHERE = "10.9.8.7";

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "localhost", "[::1]", "::1", ELSEWHERE, "[::ffff:10.9.8.7]"})
    void unlessToldOtherwiseThisMachineAndWhereItRegisteredFrom(String host) {
        assertThat(AllowedPollHosts.DEFAULT.allow(host, ELSEWHERE)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.9.8.6", "169.254.169.254", "0.0.0.0", "[::]", "[fe80::1]", "167772161"})
    void andNobodyElse(String host) {
        assertThat(AllowedPollHosts.DEFAULT.allow(host, ELSEWHERE)).isFalse();
        assertThat(AllowedPollHosts.DEFAULT.allow(host, null)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"face.internal, true", "FACE.internal, true", "10.0.0.5, true", "[2001:db8::1], true",
            "127.0.0.1, false",
            ELSEWHERE + ", false"})
    void aListAllowsWhatIsOnItAndNothingElse(String host, boolean allowed) {
        AllowedPollHosts hosts = new AllowedPollHosts(List.of("Face.internal", "10.0.0.5", "2001:db8::1"));
        assertThat(hosts.allow(host, ELSEWHERE)).isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-host.invalid", "localhost.localdomain", "ip6-localhost"})
    void aNameThatIsNotListedIsRefusedWhetherItExistsOrNot(String host) {
        assertThat(AllowedPollHosts.DEFAULT.allow(host, ELSEWHERE)).isFalse();
    }

    @Test
    void withoutLoopbackLocalhostIsRefused() {
        assertThat(new AllowedPollHosts(List.of(AllowedPollHosts.REGISTRANT)).allow("localhost", ELSEWHERE)).isFalse();
    }
}
