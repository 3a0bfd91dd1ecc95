/** The ledger: of every frame captured it is known what became of it. */
@NullMarked
package framebuffer.orchestrator.ledger;

import org.jspecify.annotations.NullMarked;
