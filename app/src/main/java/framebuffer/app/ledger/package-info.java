/** The command that shows the ledger, and the one that corrects it. */
@NullMarked
package framebuffer.app.ledger;

import org.jspecify.annotations.NullMarked;
