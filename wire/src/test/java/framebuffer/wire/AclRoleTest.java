package framebuffer.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AclRoleTest {
    @ParameterizedTest
    @EnumSource
    void eachRoleHasRulesAndAName(AclRole role) {
        assertThat(role.rules("p:", false, "face-1")).isNotEmpty()
                .allSatisfy(rule -> assertThat(rule).doesNotContain("PREFIX", "PROCESSOR", "["));
        assertThat(AclRole.of(role.word())).isEqualTo(role);
    }

    @Test
    void aPrefixStandsForItselfAndPartitionsForAny() {
        assertThat(AclRole.READER.rules("a*[b]:", true, "")).contains("&a\\*\\[b\\]:{p*}frame-buffer:backpressure");
    }

    @Test
    void onlyTheInstanceMayWriteWhatTheLedgerIsMadeOf() {
        for (AclRole role : AclRole.values()) {
            assertThat(String.join(" ", role.rules("", false, "a")).contains("+hincrby"))
                    .isEqualTo(role == AclRole.INSTANCE);
        }
    }

    @Test
    void aRoleThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> AclRole.of("admin")).hasMessageContaining("admin");
    }
}
