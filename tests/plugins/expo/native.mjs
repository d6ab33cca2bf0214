// What stands for the modules of React Native and Expo in Node: as much as the client touches.
const stubs = {
  "react-native": `export const Platform = { OS: "ios" }; export const AppState = { addEventListener: () => ({ remove() {} }) };`,
  "expo-constants": `export default { expoConfig: null, platform: null };`,
  "expo-linking": `export const createURL = (path, options) => (options?.scheme ?? process.argv[3]) + "://" + path.replace(/^[/]/, "");`,
  "expo-network": `export const addNetworkStateListener = () => ({ remove() {} });`,
  "expo-web-browser": `export const openAuthSessionAsync = (...given) => globalThis.openAuthSession(...given);`,
};

export async function resolve(name, context, next) {
  const stub = stubs[name];
  return stub === undefined ? next(name, context) : { url: `data:text/javascript,${encodeURIComponent(stub)}`, shortCircuit: true };
}
