/* SPDX-License-Identifier: Apache-2.0
 *
 * What the engine can be told about the world: facts by name, the sentences that the program says of its own accord,
 * the certificates it can read. Rule files can use no other fact or certificate and must give every sentence: the lists
 * are the contract between C and rules.
 */
#ifndef RULES_FACT_H
#define RULES_FACT_H

/* X(identifier, name): values are text in this version. */
#define RULES_FACTS(X)                                                                                                 \
    X(ACCOUNT_KIND, "account.kind")                                                                                    \
    X(ACCOUNT_NUMBER, "account.number")                                                                                \
    X(ACCOUNT_NAME, "account.name")                                                                                    \
    X(ACCOUNT_BIRTH_DATE, "account.birth-date")                                                                        \
    X(ACCOUNT_POST_CODE, "account.post-code")                                                                          \
    X(ACCOUNT_CITY, "account.city")                                                                                    \
    X(ACCOUNT_TOWN, "account.town")                                                                                    \
    X(ACCOUNT_LOT, "account.lot")                                                                                      \
    X(ACCOUNT_BUILDING, "account.building")                                                                            \
    X(ACCOUNT_ADDRESS, "account.address")                                                                              \
    X(ACCOUNT_ADDRESS_SUBSTITUTED, "account.address-substituted")                                                      \
    X(ACCOUNT_REPRESENTATIVE, "account.representative")                                                                \
    X(ACCOUNT_TITLE, "account.title")

#define RULES_FACT_ENUM(identifier, name) RULES_FACT_##identifier,
typedef enum { RULES_FACTS(RULES_FACT_ENUM) RULES_FACT_COUNT } rules_fact_t;

/* X(identifier, name): the sentences a rule file must give in its `messages` block. */
#define RULES_MESSAGES_LIST(X)                                                                                         \
    X(LOGIN_REFUSED, "login-refused")               /* unknown identifier or wrong secret: one sentence for both */    \
    X(OTHERS_FAILED, "others-failed")               /* after a log-in: failures since the last one */                  \
    X(FROZEN, "frozen")                             /* the account may not be used; said to its owner only */          \
    X(PASSWORD_MUST_CHANGE, "password-must-change") /* the password was set at the counter */                          \
    X(LOGIN_NEEDED, "login-needed")                 /* a page behind the log-in was asked for */                       \
    X(SESSION_ENDED, "session-ended")               /* the session timed out; typed data are kept */                   \
    X(REGISTRATION_PAUSED, "registration-paused")   /* the same to who was registering: begin once more */             \
    X(LOGGED_OUT, "logged-out")                                                                                        \
    X(APPLICANT_LEFT, "applicant-left")         /* who was registering pressed [手続きをやめる] */              \
    X(SAVED, "saved")                           /* half-filled form kept on request */                                 \
    X(PASSWORD_WRONG, "password-wrong")         /* current password, in a change */                                    \
    X(PASSWORD_PENDING, "password-pending")     /* a new password was accepted and waits for the commit */             \
    X(OTHER_TAB, "other-tab")                   /* the draft moved on in another tab */                                \
    X(CHANGED_MEANWHILE, "changed-meanwhile")   /* the account moved on since the form was opened */                   \
    X(RESUMED, "resumed")                       /* a registration that was begun before: what was typed is there */    \
    X(RULES_CHANGED, "rules-changed")           /* accepted under older rules, refused by today's */                   \
    X(NOTHING_CHANGED, "nothing-changed")       /* confirm page without any change */                                  \
    X(COUNTER_CHANGED, "counter-changed")       /* the account moved on since the clerk's page was made */             \
    X(COUNTER_DOCUMENT, "counter-document")     /* no identity document was chosen */                                  \
    X(COUNTER_TAKEN, "counter-taken")           /* the number of a new card is somebody's */                           \
    X(COUNTER_NO_RECEIPT, "counter-no-receipt") /* nothing was refused under this receipt */                           \
    X(AUDIT_LOGIN, "audit-login")               /* what was done, one for each of account/audit.h's acts */            \
    X(AUDIT_LOGIN_REFUSED, "audit-login-refused")                                                                      \
    X(AUDIT_LOGOUT, "audit-logout")                                                                                    \
    X(AUDIT_CHANGE, "audit-change")                                                                                    \
    X(AUDIT_PASSWORD_CHANGE, "audit-password-change")                                                                  \
    X(AUDIT_PASSWORD_REFUSED, "audit-password-refused")                                                                \
    X(AUDIT_LOCK, "audit-lock")                                                                                        \
    X(AUDIT_UNLOCK, "audit-unlock")                                                                                    \
    X(AUDIT_ISSUE, "audit-issue")                                                                                      \
    X(AUDIT_RESET, "audit-reset")                                                                                      \
    X(AUDIT_FREEZE, "audit-freeze")                                                                                    \
    X(AUDIT_RELEASE, "audit-release")                                                                                  \
    X(AUDIT_SEARCH, "audit-search")                                                                                    \
    X(AUDIT_VIEW, "audit-view")                                                                                        \
    X(AUDIT_RECEIPT, "audit-receipt")                                                                                  \
    X(AUDIT_EXPORT, "audit-export")                                                                                    \
    X(AUDIT_IMPORT, "audit-import")                                                                                    \
    X(AUDIT_REGISTER, "audit-register")                                                                                \
    X(AUDIT_DELETE, "audit-delete")                                                                                    \
    X(AUDIT_CERTIFICATE, "audit-certificate")                                                                          \
    X(AUDIT_EVIDENCE, "audit-evidence")                                                                                \
    X(AUDIT_BY_RESIDENT, "audit-by-resident") /* who did it */                                                         \
    X(AUDIT_BY_CLERK, "audit-by-clerk")                                                                                \
    X(AUDIT_BY_TOOL, "audit-by-tool")                                                                                  \
    X(AUDIT_BY_SERVICE, "audit-by-service")                                                                            \
    X(AUDIT_BY_SOMEBODY, "audit-by-somebody") /* a failed log-in need not be the resident's */                         \
    X(CERT_ACCEPTED, "cert-accepted")                                                                                  \
    X(CERT_PROVISIONAL, "cert-provisional") /* accepted, and nobody could say whether it is revoked */                 \
    X(CERT_MALFORMED, "cert-malformed")     /* refused: one for each of cert/code.h's codes */                         \
    X(CERT_UNKNOWN_CA, "cert-unknown-ca")                                                                              \
    X(CERT_NOT_YET_VALID, "cert-not-yet-valid")                                                                        \
    X(CERT_EXPIRED, "cert-expired")                                                                                    \
    X(CERT_REVOKED, "cert-revoked")                                                                                    \
    X(CERT_WRONG_PURPOSE, "cert-wrong-purpose")                                                                        \
    X(CERT_WEAK_KEY, "cert-weak-key")                                                                                  \
    X(CERT_LIST_STALE, "cert-list-stale")                                                                              \
    X(CERT_UNREACHABLE, "cert-unreachable")                                                                            \
    X(CERT_WRONG_SIGNATURE, "cert-wrong-signature")                                                                    \
    X(REASON_KEY_COMPROMISE, "reason-key-compromise") /* why it was revoked: words for {reason} */                     \
    X(REASON_AFFILIATION_CHANGED, "reason-affiliation-changed")                                                        \
    X(REASON_SUPERSEDED, "reason-superseded")                                                                          \
    X(REASON_CESSATION, "reason-cessation")                                                                            \
    X(REASON_HOLD, "reason-hold")                                                                                      \
    X(REASON_OTHER, "reason-other")                                                                                    \
    X(CARD_NO_SERVICE, "card-no-service") /* what came of a request to the card: wire/code.h's codes */                \
    X(CARD_NO_READER, "card-no-reader")                                                                                \
    X(CARD_NO_CARD, "card-no-card")                                                                                    \
    X(CARD_REMOVED, "card-removed")                                                                                    \
    X(CARD_UNSUPPORTED, "card-unsupported")                                                                            \
    X(CARD_PIN_WRONG, "card-pin-wrong")                                                                                \
    X(CARD_PASSWORD_WRONG, "card-password-wrong") /* the same where nobody counts: a certificate file */               \
    X(CARD_PIN_LOW, "card-pin-low")                                                                                    \
    X(CARD_PIN_BLOCKED, "card-pin-blocked")                                                                            \
    X(CARD_PIN_FORM, "card-pin-form")                                                                                  \
    X(CARD_CANCELLED, "card-cancelled")                                                                                \
    X(CARD_TIMEOUT, "card-timeout")                                                                                    \
    X(CARD_CERT_MISSING, "card-cert-missing")                                                                          \
    X(CARD_CERT_EXPIRED, "card-cert-expired")                                                                          \
    X(CARD_FILE_MISSING, "card-file-missing")                                                                          \
    X(CARD_FILE_INVALID, "card-file-invalid")                                                                          \
    X(CARD_ORIGIN_DENIED, "card-origin-denied")                                                                        \
    X(CARD_REQUEST_INVALID, "card-request-invalid")                                                                    \
    X(CARD_REPLAY, "card-replay")                                                                                      \
    X(CARD_BUSY, "card-busy")                                                                                          \
    X(CARD_FAILED, "card-failed")                                                                                      \
    X(CARD_NO_PINENTRY, "card-no-pinentry")                                                                            \
    X(CARD_SIGNING_PIN_WRONG, "card-signing-pin-wrong")                                                                \
    X(CARD_SIGNING_PIN_LOW, "card-signing-pin-low")                                                                    \
    X(CARD_PINS_LOW, "card-pins-low") /* one try is left for each of the two */                                        \
    X(CARD_SIGNING_PIN_BLOCKED, "card-signing-pin-blocked")                                                            \
    X(FILE_CERT_MISSING, "file-cert-missing") /* the same of a company's certificate file */                           \
    X(FILE_CERT_EXPIRED, "file-cert-expired")                                                                          \
    X(FILE_PASSWORD_FORM, "file-password-form")                                                                        \
    X(FILE_TIMEOUT, "file-timeout")                                                                                    \
    X(FILE_BUSY, "file-busy")                                                                                          \
    X(FILE_FAILED, "file-failed")                                                                                      \
    X(CARD_SIGNING_CERT_MISSING, "card-signing-cert-missing")                                                          \
    X(PIN_FORGOTTEN, "pin-forgotten")     /* beside what one must have ready */                                        \
    X(CARD_GONE, "card-gone")             /* a kiosk's session ended with its card */                                  \
    X(CERT_OF_COMPANY, "cert-of-company") /* at the individuals' door, and the reverse */                              \
    X(CERT_OF_PERSON, "cert-of-person")                                                                                \
    X(CERT_MOVED, "cert-moved")               /* the signing certificate died with a move, the other one lives */      \
    X(CERT_REGISTERED, "cert-registered")     /* at a registration: it is somebody's account already */                \
    X(CERT_UNREGISTERED, "cert-unregistered") /* at a log-in: it is nobody's */                                        \
    X(CERT_OTHER, "cert-other")               /* under a form: not the account's */                                    \
    X(CERT_OTHER_NAME, "cert-other-name")     /* under a form: a new one with another name or birth date */            \
    X(CERT_NEW, "cert-new")                   /* under a form: a new one with another address */                       \
    X(CERT_RENEWED, "cert-renewed")           /* logged in with a new one, by the registered one to sign with */       \
    X(TERMS, "terms")                                                                                                  \
    X(TERMS_CHANGED, "terms-changed") /* during a registration */                                                      \
    X(TERMS_AGREED, "terms-agreed")   /* label in what is signed */                                                    \
    X(BEGIN_LABEL, "begin-label")     /* what the card signs when a registration begins */                             \
    X(BEGIN_STATEMENT, "begin-statement")                                                                              \
    X(POST_CODE_FILLED, "post-code-filled")                                                                            \
    X(POST_CODE_NONE, "post-code-none")                                                                                \
    X(POST_CODE_SEVERAL, "post-code-several")                                                                          \
    X(ADDRESS_TAKEN, "address-taken")     /* the certificate's wording stands in the fields */                         \
    X(DONE_REGISTERED, "done-registered") /* completion page: what was done */                                         \
    X(DONE_CHANGED, "done-changed")                                                                                    \
    X(NEXT_CARD, "next-card") /* and what it is good for: after a registration with a card, with a file */             \
    X(NEXT_FILE, "next-file")                                                                                          \
    X(NEXT_CHANGED, "next-changed")                                                                                    \
    X(APPLICATION_RECEIVED, "application-received") /* states of an application, in a word */                          \
    X(APPLICATION_EXAMINATION, "application-examination")                                                              \
    X(APPLICATION_EXAMINED, "application-examined")                                                                    \
    X(ERROR_REQUEST, "error-request")         /* 400: the request can't be read */                                     \
    X(ERROR_STEP, "error-step")               /* 400: a step out of order */                                           \
    X(ERROR_TOKEN, "error-token")             /* 403: the form is stale or foreign */                                  \
    X(ERROR_FORBIDDEN, "error-forbidden")     /* 403: not yours */                                                     \
    X(ERROR_MISSING, "error-missing")         /* 404 */                                                                \
    X(ERROR_METHOD, "error-method")           /* 405 */                                                                \
    X(ERROR_SIZE, "error-size")               /* 413 */                                                                \
    X(ERROR_UNAVAILABLE, "error-unavailable") /* 503: database away */                                                 \
    X(ERROR_INTERNAL, "error-internal")       /* 500 */

#define RULES_MESSAGE_ENUM(identifier, name) RULES_MESSAGE_##identifier,
typedef enum { RULES_MESSAGES_LIST(RULES_MESSAGE_ENUM) RULES_MESSAGE_COUNT } rules_message_t;

/* X(name): the certificates that the program can read; a `certificate` declaration is about one of them. */
#define RULES_CERTIFICATES_LIST(X) X("jpki-signing") X("jpki-authentication") X("registry")

#endif
