// Makes the one-member replica set and the hub's account. May run again and again.
// Environment: MEMBER host:port, ROOT_PASSWORD, PEYK_PASSWORD.
/* global connect, sleep, quit, print */
const { MEMBER, ROOT_PASSWORD, PEYK_PASSWORD } = process.env;
if (!MEMBER || !ROOT_PASSWORD || !PEYK_PASSWORD) {
  print("MEMBER, ROOT_PASSWORD and PEYK_PASSWORD must be set.");
  quit(2);
}

const NOT_YET_INITIALIZED = 94;
const admin = connect(`mongodb://root:${encodeURIComponent(ROOT_PASSWORD)}@${MEMBER}/admin?directConnection=true`);

try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.code !== NOT_YET_INITIALIZED) throw error;
  const settings = { electionTimeoutMillis: 2000 };
  admin.adminCommand({ replSetInitiate: { _id: "rs0", members: [{ _id: 0, host: MEMBER }], settings } });
  print("The replica set is made.");
}

for (let waited = 0; !admin.hello().isWritablePrimary; waited += 1) {
  if (waited > 60) {
    print("The database did not become primary within a minute.");
    quit(1);
  }
  sleep(1000);
}

const roles = ["peyk", "peyk_rasa"].map((db) => ({ role: "readWrite", db }));
if (admin.getUser("peyk")) {
  admin.updateUser("peyk", { pwd: PEYK_PASSWORD, roles });
} else {
  admin.createUser({ user: "peyk", pwd: PEYK_PASSWORD, roles });
  print("The hub's account is made.");
}
