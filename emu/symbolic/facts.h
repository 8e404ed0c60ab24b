/* SPDX-License-Identifier: MIT */
/** What the files share that ask the solver about facts. */
#ifndef SYMBOLIC_FACTS_H
#define SYMBOLIC_FACTS_H

#include "symbolic/scene.h"

/** Require all facts that may have to do with these inputs (hvc_bv.uses). */
void hvc_facts__require(struct hvc_scene *scene, const struct hvc_facts *facts, uint64_t uses);
/** Can the condition hold? */
enum hvc_answer hvc_facts__ask(struct hvc_scene *scene, const struct hvc_facts *facts,
                               hvc_ref condition);
/** Room in the model for all inputs. False: memory ran out. */
bool hvc_facts__make_room(struct hvc_scene *scene, struct hvc_facts *facts);
/** The solver's model, of inputs that it was asked about. */
void hvc_facts__take_model(struct hvc_scene *scene, struct hvc_facts *facts);

/** Do they hang on the value of a function that has but a name: is there no call that meets them
 * for sure? */
bool hvc_facts__hang_on_opaque(const struct hvc_facts *facts);

#endif
